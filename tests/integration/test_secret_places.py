"""Each place where a text leaves the process, held against each form of a secret that this process knows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from mrt_pipeline.cli.console import ConsoleReporter, print_error
from mrt_pipeline.cli.printing import note, print_traceback, say, say_json, warn
from mrt_pipeline.config import PipelineConfig, Secrets
from mrt_pipeline.config.environment import read_variables
from mrt_pipeline.config.settings import AlertingSection, LoggingSection
from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import ConfigError, GateError, InternalError, SecretFoundError, StorageError
from mrt_pipeline.orchestrator.alerts.channels import Outlets, send_alert
from mrt_pipeline.orchestrator.alerts.message import Alert, Trigger
from mrt_pipeline.orchestrator.lineage import report_lineage
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.runtime.files import to_json, write_bytes, write_record
from mrt_pipeline.runtime.http_cache import HttpCache
from mrt_pipeline.runtime.http_errors import excerpt_of
from mrt_pipeline.runtime.manifests import find_manifest, save_manifest
from mrt_pipeline.runtime.model import ModelAnswer
from mrt_pipeline.runtime.model_cache import AnswerCache
from mrt_pipeline.runtime.model_failures import plain
from mrt_pipeline.runtime.records import show
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.run_log import open_run_log
from mrt_pipeline.secrecy import MARK, SECRETS
from mrt_pipeline.sources.fandom_wiki.pages import WikiPage
from mrt_pipeline.sources.fandom_wiki.store import PageStore
from mrt_pipeline.sources.fandom_wiki.titles import PageHead
from mrt_pipeline.stages.enrichment.journal import JournalRow, open_journal
from mrt_pipeline.stages.enrichment.keys import StationKey
from tests.e2e.command import SHIPPED_CONFIG
from tests.fakes.manifests import START, make_manifest
from tests.fakes.model_server import answers, completion, fact, failure, reply
from tests.fakes.network_builder import NOW, make_enrichment
from tests.fakes.secret_forms import FORMS, every_form
from tests.fakes.surroundings import isolate
from tests.integration.test_hostile_model import run

pytestmark = pytest.mark.slow

SECRET = 'p"ä\\ss/w+ör d€&<%41🚇'
EVERY_FORM = pytest.mark.parametrize("form", FORMS)
HEAD = PageHead("Yishun MRT Station", 5, 70)

Leave = Callable[[Path, str], object]
"""lets a text leave the process"""


@pytest.fixture(autouse=True)
def known() -> None:
    """Load a secret, as a run does."""
    Secrets(onemap_password=SecretStr(SECRET))


def _log(form: Literal["structured", "plain"]) -> Leave:
    def leave(folder: Path, text: str) -> None:
        with open_run_log(folder, LoggingSection(format=form), run_id="r") as log:
            log.warning(text, facts={text: [text]}, error=ValueError(text))
            try:
                try:
                    raise OSError(text)
                except OSError as error:
                    raise ValueError("unforeseen") from error
            except ValueError:
                log.exception("bug")

    return leave


def _alert(folder: Path, text: str) -> None:
    alert = Alert(
        pipeline=text,
        run_id="r",
        raised_at=NOW,
        level="critical",
        trigger=Trigger.STAGE_FAILED,
        cause=f"{text}\n{text}",
        safe=text,
        command=text,
        host=text,
        details=(text,),
    )
    sys.stdout.write("\n".join([alert.title, alert.body, *alert.facts.values()]))  # what is sent elsewhere
    section = AlertingSection(enabled=True, on_failure=("log", "file"))
    with open_run_log(folder, LoggingSection(), run_id="r") as log:
        send_alert(alert, Outlets(section, Secrets(), say, folder, log))


def _lineage(folder: Path, text: str) -> None:
    (folder / "pipeline.yaml").write_text("{}")
    session = RunSession(folder, make_manifest(), lambda: START)
    session.begin("mrt-pipeline run")
    attempt = session.manifest.attempts[-1].model_copy(update={"error": text, "status": RunStatus.FAILED})
    session.manifest = session.manifest.model_copy(update={"attempts": (attempt,)})
    with open_run_log(folder, LoggingSection(), run_id="r") as log:
        report_lineage(PipelineConfig(folder / "pipeline.yaml"), session, log, Reporter(), lambda: START)


def _console(_folder: Path, text: str) -> None:
    reporter = ConsoleReporter()
    reporter.note(text)
    reporter.warn(text)
    reporter.stage_started("stage1_ingestion", text)
    reporter.stage_reused("stage1_ingestion", text)
    print_error(f"{text}\n  - {text}")
    note(text)
    warn(text)
    say(text)
    say_json(json.dumps({"said": text}).encode())


def _traceback(_folder: Path, text: str) -> None:
    try:
        try:
            raise OSError(text)
        except OSError as error:
            raise ValueError(text) from error
    except ValueError as error:
        print_traceback(ValueError, error, error.__traceback__)


def _errors(_folder: Path, text: str) -> None:
    for error in (InternalError(text), StorageError(Path("file"), text), GateError("no", (text,))):
        sys.stdout.write(f"{error} {getattr(error, 'reasons', '')}\n")


def _quotes(_folder: Path, text: str) -> None:
    """Quote what a service said, cut in the middle of it."""
    for before in range(0, 220, 5):
        sys.stdout.write(f"{show('x' * before + text)}\n{plain('x' * before + text)}\n")


MESSAGES: dict[str, Leave] = {
    "a log of JSON": _log("structured"),
    "a log of lines": _log("plain"),
    "an alert": _alert,
    "lineage": _lineage,
    "the console": _console,
    "a traceback": _traceback,
    "an error": _errors,
    "a quotation": _quotes,
    "a manifest": lambda folder, text: write_record(
        folder / "manifest.json", {"attempts": [{"error": text}]}
    ),
}


def _journal(folder: Path, text: str) -> None:
    row = make_enrichment("yishun").model_copy(update={"failures": {"fandom_wiki": text}})
    with open_journal(folder, now=NOW, notify=say, is_costly=False) as journal:
        journal.commit(JournalRow(StationKey("basis", {}), row, ModelUsage(), 1))


DOCUMENTS: dict[str, Leave] = {
    "a file": lambda folder, text: write_bytes(folder / "a.html", f"<p>{text}</p>".encode()),
    "a file of JSON": lambda folder, text: write_bytes(
        folder / "stage3_final.json", to_json({"stations": [text]})
    ),
    "a journal's row": _journal,
}


def _keep_page(folder: Path, text: str) -> None:
    store = PageStore(folder, "https://wiki.example/api.php", say)
    store.keep_page(WikiPage(HEAD, text, datetime(2026, 11, 23, tzinfo=UTC)))
    assert store.find_page(HEAD) is None
    store.keep_reading(HEAD, "1", text.encode())
    assert store.find_reading(HEAD, "1") is None
    store.keep_title("Yishun", text)
    assert store.find_title("Yishun") is None
    store.close()


def _keep_model_answer(folder: Path, text: str) -> None:
    cache = AnswerCache(folder, say)
    cache.save("key", ModelAnswer(text, "stop"))
    assert cache.find("key") is None


def _keep_http_answer(folder: Path, text: str) -> None:
    cache = HttpCache(folder)
    cache.keep("https://a.example/", "https://a.example/", {"etag": "1"}, text.encode(), NOW)
    assert cache.find("https://a.example/") is None


CACHES: dict[str, Leave] = {
    "the store of pages": _keep_page,
    "the cache of model answers": _keep_model_answer,
    "the cache of HTTP answers": _keep_http_answer,
}


def _left(folder: Path, capfd: pytest.CaptureFixture[str]) -> bytes:
    files = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join([*files, "".join(capfd.readouterr()).encode()])


def _found(left: bytes) -> list[bytes]:
    return [form for form in every_form(SECRET) if form in left]


@EVERY_FORM
@pytest.mark.parametrize("place", MESSAGES)
def test_a_message_leaves_without_the_secret(
    place: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    MESSAGES[place](tmp_path, f"before {FORMS[form](SECRET)} after")
    left = _left(tmp_path, capfd)
    assert _found(left) == []
    assert MARK.encode() in left and b"before" in left


@EVERY_FORM
@pytest.mark.parametrize("place", DOCUMENTS)
def test_a_document_with_a_secret_is_refused(
    place: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SecretFoundError, match="ONEMAP_PASSWORD") as caught:
        DOCUMENTS[place](tmp_path, f"before {FORMS[form](SECRET)} after")
    assert caught.value.secret == "ONEMAP_PASSWORD"
    assert _found(_left(tmp_path, capfd) + str(caught.value).encode()) == []


@EVERY_FORM
@pytest.mark.parametrize("place", CACHES)
def test_nothing_with_a_secret_is_kept_for_later_runs(
    place: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    CACHES[place](tmp_path, f"before {FORMS[form](SECRET)} after")
    assert _found(_left(tmp_path, capfd)) == []


@pytest.mark.parametrize("form", ["as it is", "in JSON, each character", "in a login"])
def test_an_answer_kept_before_the_secret_was_known_is_not_used(form: str, tmp_path: Path) -> None:
    text = FORMS[form](SECRET)
    SECRETS.forget()
    cache, answers_of_model = HttpCache(tmp_path), AnswerCache(tmp_path, say)
    cache.keep("https://a.example/", "https://a.example/", {}, text.encode(), NOW)
    answers_of_model.save("key", ModelAnswer(text, "stop"))
    SECRETS.learn("ONEMAP_PASSWORD", SECRET)
    assert cache.find("https://a.example/") is None
    assert answers_of_model.find("key") is None
    answers_of_model.save("key", ModelAnswer("another", "stop"))
    assert answers_of_model.find("key") == ModelAnswer("another", "stop")


@pytest.mark.parametrize("form", ["as it is", "in JSON, each character", "in a URL", "in a login"])
def test_a_model_that_repeats_its_key_leaves_it_nowhere(
    form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = FORMS[form](SECRET)
    repeated = completion(reply(landmarks=[fact("A", f"Mall {said}", f"Exit A is at Mall {said}")]))
    output = run(answers(repeated), tmp_path)
    assert {"ONEMAP_PASSWORD" in item.failures["openrouter_llm"] for item in output.enrichments} == {True}
    assert _found(_left(tmp_path, capfd) + output.model_dump_json().encode()) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_model_server_that_refuses_with_the_key_leaves_it_nowhere(
    form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = run(answers(failure(400, f"Bad key: {FORMS[form](SECRET)}")), tmp_path)
    left = _left(tmp_path, capfd) + output.model_dump_json().encode()
    assert _found(left) == []
    assert b"Bad key: " in left


@pytest.mark.parametrize("quote", [show, plain, lambda text: excerpt_of(text.encode())])
def test_no_half_of_a_secret_is_quoted_where_a_text_is_cut(quote: Callable[[str], str]) -> None:
    secret = "Abcd-1234-Efgh-5678-" * 10
    SECRETS.learn("A_KEY", secret)
    for before in range(0, 400, 7):
        assert "Abcd-1234" not in quote("x" * before + secret)


def test_no_half_of_a_secret_is_quoted_where_a_long_error_is_cut() -> None:
    secret = "Abcd-1234-Efgh-5678-" * 10
    SECRETS.learn("A_KEY", secret)
    for before in range(4000, 4400, 50):
        assert "Abcd-1234" not in excerpt_of(b"x" + b" " * before + secret.encode())


# What is learnt


def _find_all(texts: dict[str, str]) -> dict[str, str | None]:
    return {name: SECRETS.find(f"<{text}>") for name, text in texts.items()}


def test_every_secret_of_the_environment_is_learnt_as_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(tmp_path, monkeypatch)
    SECRETS.forget()
    (tmp_path / ".env").write_text(
        "LTA_ACCOUNT_KEY=account-key-1234\nMY_OTHER_TOKEN=token-0123456789\nMRT_PIPELINE__MODE=snapshot\n"
    )
    monkeypatch.setenv("MRT_PIPELINE_ALERT_WEBHOOK_URL", "https://hooks.example/T0/B1/abcDEF123456")
    monkeypatch.setenv("MRT_PIPELINE_LINEAGE_API_KEY", "lineage-key-55")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:pr%40xypassword@proxy.example:3128")
    read_variables()
    assert _find_all(
        {
            "the file": "account-key-1234",
            "another one in the file": "token-0123456789",
            "a mode": "snapshot",
            "a channel": "https://hooks.example/T0/B1/abcDEF123456",
            "its token": "abcDEF123456",
            "its host": "hooks.example",
            "lineage": "lineage-key-55",
            "a proxy": "pr@xypassword",
            "its host and user": "me proxy.example",
        }
    ) == {
        "the file": "LTA_ACCOUNT_KEY",
        "another one in the file": "MY_OTHER_TOKEN",
        "a mode": None,
        "a channel": "MRT_PIPELINE_ALERT_WEBHOOK_URL",
        "its token": "MRT_PIPELINE_ALERT_WEBHOOK_URL",
        "its host": None,
        "lineage": "MRT_PIPELINE_LINEAGE_API_KEY",
        "a proxy": "HTTPS_PROXY",
        "its host and user": None,
    }


def test_an_address_that_is_sent_to_everyone_is_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(tmp_path, monkeypatch)
    monkeypatch.setenv("ONEMAP_EMAIL", "operator@example.org")
    assert SECRETS.find("operator@example.org") is None
    read_variables()
    assert SECRETS.find("operator@example.org") == "ONEMAP_EMAIL"
    monkeypatch.setenv("MRT_PIPELINE__CONTACT", "mailto:operator@example.org")
    PipelineConfig(SHIPPED_CONFIG)
    assert SECRETS.find("operator@example.org") is None


def test_a_secret_in_the_wrong_variable_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(tmp_path, monkeypatch)
    monkeypatch.setenv("ONEMAP_PASSWORD", SECRET)
    monkeypatch.setenv("MRT_PIPELINE__MODE", json.dumps(SECRET, ensure_ascii=False))
    with pytest.raises(ConfigError, match=r"MODE is .\[secret\]") as caught:
        PipelineConfig(SHIPPED_CONFIG)
    assert _found(str(caught.value).encode()) == []


def _facts(**more: Any) -> dict[str, Any]:
    return {"sha256": "0" * 64, **more}


def test_a_record_keeps_its_numbers_and_what_is_no_secret(tmp_path: Path) -> None:
    SECRETS.learn("A_NUMBER", "12345678")
    write_record(tmp_path / "manifest.json", _facts(bytes=12345678, error=f"no {SECRET}"))
    assert json.loads((tmp_path / "manifest.json").read_bytes()) == _facts(bytes=12345678, error=f"no {MARK}")


@pytest.mark.parametrize("word", ["checkpoints", "software_version", "completed", "2026-11-23"])
def test_a_manifest_that_redaction_would_damage_is_not_written(word: str, tmp_path: Path) -> None:
    manifest = make_manifest()
    save_manifest(tmp_path, manifest)
    SECRETS.learn("A_KEY", word)
    with pytest.raises(SecretFoundError, match="A_KEY"):
        save_manifest(tmp_path, manifest.model_copy(update={"error": "new"}))
    assert find_manifest(tmp_path) == manifest


def test_a_manifest_with_a_secret_in_a_message_can_be_read(tmp_path: Path) -> None:
    save_manifest(tmp_path, make_manifest(error=f"no {SECRET}"))
    assert find_manifest(tmp_path) == make_manifest(error=f"no {MARK}")
