from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mrt_pipeline.config import Mode, Secrets, Settings
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.source_access import SourceAccess, missing_credentials
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import LoopbackServer, Reply, in_turn

LIVE = Settings(mode=Mode.LIVE)
ALL = ("datagov", "onemap", "datamall", "fandom", "openrouter")
KEYS = {
    "onemap_api_key": SecretStr("a-token-of-onemap"),
    "lta_account_key": SecretStr("an-account-key"),
    "openrouter_api_key": SecretStr("an-account-key"),
}


def _access(
    folder: Path, apis: dict[str, Any] | None = None, time: FakeTime | None = None, **secrets: SecretStr
) -> SourceAccess:
    time = time or FakeTime()
    settings = Settings.model_validate({"mode": "live", "contact": "https://a.example", "apis": apis or {}})
    return SourceAccess(
        settings, secrets=Secrets(**secrets), cache_dir=folder, now=time.now, sleep=time.sleep
    )


def test_a_source_without_a_section_is_never_asked(tmp_path: Path) -> None:
    assert _access(tmp_path, {}).mode_of("") is Mode.SNAPSHOT


def test_a_section_may_have_a_mode_of_its_own(tmp_path: Path) -> None:
    access = _access(tmp_path, {"onemap": {"mode": "snapshot"}})
    assert (access.mode_of("onemap"), access.mode_of("datagov")) == (Mode.SNAPSHOT, Mode.LIVE)


def test_what_was_given_can_be_read(tmp_path: Path) -> None:
    time = FakeTime()
    access = _access(tmp_path, time=time, lta_account_key=SecretStr("an-account-key"))
    assert (access.cache_dir, access.now()) == (tmp_path, time.now())
    assert access.secrets.lta_account_key == SecretStr("an-account-key")
    assert access.settings.contact == "https://a.example"


def test_a_section_has_one_client(tmp_path: Path) -> None:
    access = _access(tmp_path)
    assert access.http("datagov") is access.http("datagov")
    assert access.http("datagov") is not access.http("onemap")


def test_a_first_client_clears_what_a_killed_process_left_in_the_cache(tmp_path: Path) -> None:
    left = tmp_path / "http" / ".a.answer.1-1.mrt-tmp"
    left.parent.mkdir()
    left.write_bytes(b"half an ans")
    os.utime(left, (0, 0))
    _access(tmp_path).http("onemap")
    assert not left.exists()


def test_a_client_asks_as_its_section_and_the_operator_say(tmp_path: Path) -> None:
    with LoopbackServer(in_turn(Reply(503), Reply(body=b"stops"))) as server:
        time = FakeTime()
        access = _access(tmp_path, {"datamall": {"base_url": server.url}}, time)
        client, url = access.http("datamall"), f"{server.url}/BusStops"
        answer = access.read_checked(
            "lta-bus-stops", lambda answers: answers.get(url, lambda _: client.get("lta-bus-stops", url))
        )
        access.close()
    assert answer.content == b"stops"
    assert answer.retrieved_at == time.now()
    assert server.requests[0].headers["user-agent"].endswith(" (+https://a.example)")
    assert len(list((tmp_path / "http").iterdir())) == 1
    assert len(time.naps) == 1


def test_the_timeout_is_that_of_the_section(tmp_path: Path) -> None:
    def hang(request: Any) -> Reply:
        request.hang()
        return Reply()

    with LoopbackServer(hang) as server:
        access = _access(tmp_path, {"fandom": {"base_url": server.url, "timeout": 0.1}})
        with pytest.raises(Exception, match=r"within 0\.1 s|0\.1 s for each step"):
            access.http("fandom").get("wiki", server.url)
        server.release()
        access.close()


@pytest.mark.parametrize(
    ("key", "waited"), [(None, True), (SecretStr("an-account-key"), False), (SecretStr(""), True)]
)
def test_data_gov_sg_is_asked_faster_with_a_key(
    key: SecretStr | None, waited: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy plays data.gov.sg, since the pace goes by the name of the host."""
    with LoopbackServer(in_turn(Reply())) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        time = FakeTime()
        url = "http://api-open.data.gov.sg/x"
        secrets = {} if key is None else {"datagov_api_key": key}
        access = _access(tmp_path, {"datagov": {"base_url": url}}, time, **secrets)
        for _ in range(3):
            access.http("datagov").get("lta-station-exits", url)
        access.close()
    assert bool(time.naps) is waited


def test_closing_twice_or_unused_raises_nothing(tmp_path: Path) -> None:
    access = _access(tmp_path)
    access.http("datagov")
    access.close()
    access.close()


def test_what_the_package_records_can_be_had(tmp_path: Path) -> None:
    access = _access(tmp_path)
    recording = access.recorded("lta-station-exits")
    assert len(recording.rows) == recording.provenance.records
    assert len(access.recorded_sha256("lta-station-exits") or "") == 64


def test_what_the_package_does_not_record_is_reported(tmp_path: Path) -> None:
    access = _access(tmp_path)
    assert access.recorded_sha256("wiki") is None
    with pytest.raises(SourceFormatError, match="nothing is recorded"):
        access.recorded("wiki")


def test_a_snapshot_needs_no_secret() -> None:
    assert missing_credentials(Settings(), Secrets(), ALL) == []


def test_with_all_secrets_none_is_missing() -> None:
    assert missing_credentials(LIVE, Secrets(**KEYS), ALL) == []


def test_every_missing_secret_is_reported_once_with_how_to_do_without() -> None:
    onemap, datamall, openrouter = missing_credentials(LIVE, Secrets(), (*ALL, *ALL))
    assert "ONEMAP_API_KEY, or ONEMAP_EMAIL and ONEMAP_PASSWORD" in onemap
    assert "set apis.onemap.mode to snapshot" in onemap
    assert "remove onemap from stages.stage1_ingestion.sources" in onemap
    assert "LTA_ACCOUNT_KEY" in datamall
    assert "set apis.datamall.mode to snapshot" in datamall
    assert "remove lta_datamall, lta_lifts and lta_train_gtfs from stages.stage2" in datamall
    assert "OPENROUTER_API_KEY" in openrouter
    assert "remove openrouter_llm from stages.stage2_enrichment.sources" in openrouter


def test_only_what_is_used_is_asked_for() -> None:
    assert missing_credentials(LIVE, Secrets(), ("datagov", "fandom")) == []
    assert len(missing_credentials(LIVE, Secrets(), ("datamall",))) == 1


@pytest.mark.parametrize(
    ("secrets", "missing"),
    [
        ({"onemap_api_key": "a-token-of-onemap"}, 0),
        ({"onemap_email": "me@example.org", "onemap_password": "a-password"}, 0),
        ({"onemap_email": "me@example.org"}, 1),
        ({"onemap_password": "a-password"}, 1),
        ({"onemap_email": "me@example.org", "onemap_password": " "}, 1),
        ({"onemap_api_key": ""}, 1),
    ],
)
def test_onemap_takes_a_token_or_both_halves_of_a_login(secrets: dict[str, str], missing: int) -> None:
    given = Secrets(**{name: SecretStr(value) for name, value in secrets.items()})
    assert len(missing_credentials(LIVE, given, ["onemap"])) == missing


@pytest.mark.parametrize(
    ("base_url", "missing"),
    [
        ("https://openrouter.ai/api/v1", 1),
        ("http://127.0.0.1:8080/v1", 0),
        ("https://openrouter.ai.example/v1", 0),
    ],
)
def test_only_openrouter_itself_needs_a_model_key(base_url: str, missing: int) -> None:
    settings = Settings.model_validate({"mode": "live", "apis": {"openrouter": {"base_url": base_url}}})
    assert len(missing_credentials(settings, Secrets(), ["openrouter"])) == missing


def test_a_section_that_is_live_by_itself_needs_its_secret() -> None:
    settings = Settings.model_validate({"apis": {"datamall": {"mode": "live"}}})
    assert len(missing_credentials(settings, Secrets(), ALL)) == 1


def test_no_sentence_shows_a_secret() -> None:
    sentences = missing_credentials(LIVE, Secrets(onemap_email=SecretStr("me@mail.example")), ALL)
    assert "me@mail.example" not in " ".join(sentences)


def test_importing_it_loads_no_http_library() -> None:
    program = (
        "import sys, mrt_pipeline.runtime.source_access\n"
        "heavy = {'httpx2', 'httpcore2', 'ssl', 'asyncio'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
