from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.environment import (
    MAX_DOTENV_BYTES,
    SECRET_NAMES,
    Secrets,
    find_overrides,
    override_variable,
    read_variables,
)
from mrt_pipeline.config.keys import value_keys
from mrt_pipeline.config.loading import load_settings
from mrt_pipeline.errors import ConfigError

STAGE2 = "MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT"


def _load(variables: dict[str, str], content: str = "{}") -> Any:
    path = Path("pipeline.yaml")
    path.write_text(content, encoding="utf-8")
    return load_settings(path, variables)


def _faults(variables: dict[str, str], content: str = "{}") -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        _load(variables, content)
    return caught.value.faults


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        (f"{STAGE2}__BATCH_SIZE", "4", "batch_size", 4),
        (f"{STAGE2}__DELAY_SECONDS", "0.5", "delay_seconds", 0.5),
        (f"{STAGE2}__ENABLED", "false", "enabled", False),
        (f"{STAGE2}__ENABLED", "off", "enabled", False),
        (f"{STAGE2}__SOURCES", "[network, lta_datamall]", "sources", ("network", "lta_datamall")),
        (f"{STAGE2}__SOURCES", '["network"]', "sources", ("network",)),
        (f"{STAGE2}__MAX_MODEL_REQUESTS", "50", "max_model_requests", 50),
        (f"{STAGE2}__MAX_MODEL_REQUESTS", "null", "max_model_requests", None),
        (f"{STAGE2}__batch_Size".lower(), "4", "batch_size", 4),
    ],
)
def test_a_variable_overrides_its_key(variable: str, text: str, key: str, value: object) -> None:
    content = "stages: {stage2_enrichment: {batch_size: 2, max_model_requests: 1}}"
    assert getattr(_load({variable: text}, content).stages.stage2_enrichment, key) == value


@pytest.mark.parametrize("text", ["2.0", "yes", "a: b", "[", "# not a comment", " x "])
def test_a_text_is_taken_as_it_is(text: str) -> None:
    assert _load({"MRT_PIPELINE__PIPELINE__VERSION": text}).pipeline.version == text


def test_a_mode_and_a_url_are_typed() -> None:
    settings = _load(
        {"MRT_PIPELINE__MODE": "live", "MRT_PIPELINE__APIS__ONEMAP__BASE_URL": "http://[::1]:8/api"}
    )
    assert settings.mode.value == "live"
    assert settings.apis.onemap.base_url.port == 8


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({f"{STAGE2}__BATCH_SIZE": "0"},
         f"{STAGE2}__BATCH_SIZE is 0; expected a whole number from 1 to 64."),
        ({f"{STAGE2}__BATCH_SIZE": "a: b: c"}, f"{STAGE2}__BATCH_SIZE: line 1, column 5 is not valid YAML: "
         "mapping values are not allowed in this context."),
        ({f"{STAGE2}__BATCH_SIZE": "\udcff"}, f"{STAGE2}__BATCH_SIZE: line 1, column 1 is not valid YAML: "
         "an unprintable character."),
        ({f"{STAGE2}__BATCH_SIZE": "!own 4"}, f"{STAGE2}__BATCH_SIZE has a tag; "
         "write the value without it."),
        ({"MRT_PIPELINE__OUTPUT__FORMATS": "[json, xml]"},
         "MRT_PIPELINE__OUTPUT__FORMATS[1] is 'xml'; "
         "expected one of json, csv, geojson, geopackage, geoparquet, gtfs."),
        ({"mrt_pipeline__mode": "x"}, "mrt_pipeline__mode is 'x'; expected one of snapshot, live."),
        ({f"{STAGE2}__BATCHSIZE": "4"}, f"{STAGE2}__BATCHSIZE matches no configuration key; "
         f"did you mean {STAGE2}__BATCH_SIZE?"),
        ({"MRT_PIPELINE__BATCH_SIZE": "4"}, "MRT_PIPELINE__BATCH_SIZE matches no configuration key; "
         f"did you mean {STAGE2}__BATCH_SIZE?"),
        ({"MRT_PIPELINE__": "4"},
         "MRT_PIPELINE__ matches no configuration key; did you mean MRT_PIPELINE__MODE?"),
        ({"MRT_PIPELINE__WIBBLE": "4"},
         "MRT_PIPELINE__WIBBLE matches no configuration key; correct its name, or remove it."),
        ({"MRT_PIPELINE__APIS__OPENROUTER__MAX_TOKEN": "4"}, "MRT_PIPELINE__APIS__OPENROUTER__MAX_TOKEN "
         "matches no configuration key; did you mean MRT_PIPELINE__APIS__OPENROUTER__MAX_TOKENS?"),
        ({"MRT_PIPELINE__APIS__ONEMAP__PASSWORD": "x"}, "MRT_PIPELINE__APIS__ONEMAP__PASSWORD looks like a "
         "secret. Remove it and set ONEMAP_PASSWORD in the environment or in .env."),
        ({"MRT_PIPELINE__LOGGING": "{level: INFO}"}, "MRT_PIPELINE__LOGGING sets a whole section; set one of "
         "its keys, named MRT_PIPELINE__LOGGING__…"),
        ({"MRT_PIPELINE__MODE": "live", "mrt_pipeline__mode": "snapshot"},
         "mrt_pipeline__mode sets the same key as MRT_PIPELINE__MODE; keep one of them."),
    ],
)  # fmt: skip
def test_a_faulty_variable_is_named(variables: dict[str, str], fault: str) -> None:
    assert _faults(variables) == (fault,)


def test_a_variable_below_something_that_is_no_section_leaves_that_fault_to_the_file() -> None:
    faults = _faults({f"{STAGE2}__BATCH_SIZE": "4"}, "stages: 3")
    assert len(faults) == 1
    assert faults[0].startswith("stages (line 1) is 3; expected a mapping")


@pytest.mark.parametrize("key", value_keys(), ids=".".join)
def test_every_key_has_a_variable(key: tuple[str, ...]) -> None:
    (override,) = find_overrides({override_variable(key): "x", "PATH": "y"})
    assert override.path == key


def test_secrets_come_from_the_environment_and_from_dotenv(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        "ONEMAP_EMAIL=me@example.org\nexport LTA_ACCOUNT_KEY='from file' # why\n", "utf-8"
    )
    monkeypatch.setenv("LTA_ACCOUNT_KEY", "from environment")
    secrets = Secrets.from_variables(read_variables())
    assert secrets.onemap_email is not None
    assert secrets.onemap_email.get_secret_value() == "me@example.org"
    assert secrets.lta_account_key is not None
    assert secrets.lta_account_key.get_secret_value() == "from environment"
    assert secrets.openrouter_api_key is None


def test_what_dotenv_holds_is_not_exported() -> None:
    Path(".env").write_text("ONEMAP_EMAIL=me@example.org", "utf-8")
    read_variables()
    assert "ONEMAP_EMAIL" not in os.environ


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("ONEMAP_EMAIL=me@example.org\nLTA_ACCOUNT_KEY=\nDATAGOV_API_KEY=''\n", "utf-8")
    assert not read_variables().keys() & {"LTA_ACCOUNT_KEY", "DATAGOV_API_KEY"}
    monkeypatch.setenv("ONEMAP_EMAIL", "")
    monkeypatch.setenv("OPENROUTER_API_KEY", "  ")
    secrets = Secrets.from_variables(read_variables())
    assert secrets.onemap_email is not None
    assert (secrets.lta_account_key, secrets.datagov_api_key, secrets.openrouter_api_key) == (
        None,
        None,
        None,
    )


def test_a_password_is_taken_to_the_letter_but_for_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("ONEMAP_PASSWORD=' a${HOME}$xyz '", "utf-8")
    monkeypatch.setenv("ONEMAP_API_KEY", "a-token-of-onemap\n")
    secrets = Secrets.from_variables(read_variables())
    assert secrets.onemap_password is not None
    assert secrets.onemap_password.get_secret_value() == " a${HOME}$xyz "
    assert secrets.onemap_api_key is not None
    assert secrets.onemap_api_key.get_secret_value() == "a-token-of-onemap"


def test_showing_secrets_shows_no_value() -> None:
    secrets = Secrets.from_variables({name.upper(): "hunter22" for name in SECRET_NAMES})
    assert None not in [getattr(secrets, name) for name in SECRET_NAMES]
    assert "hunter22" not in f"{secrets!r} {secrets}"


@pytest.mark.parametrize("name", [name.upper() for name in SECRET_NAMES])
@pytest.mark.parametrize("value", ["x", "EMPTY", " ollama1 "])
def test_a_secret_too_short_to_be_kept_out_of_texts_is_refused_by_its_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    Path("pipeline.yaml").write_text("{}", "utf-8")
    for load in (read_variables, lambda: PipelineConfig("pipeline.yaml")):
        with pytest.raises(ConfigError) as caught:
            load()
        chars = "1 character" if value == "x" else f"{len(value.strip())} characters"
        assert caught.value.faults == (f"{name} has {chars}; expected 8 or more",)
        assert value.strip() not in str(caught.value).replace("expected", "")


def test_a_secret_of_the_least_length_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "12345678")
    assert Secrets.from_variables(read_variables()).openrouter_api_key is not None


def test_secrets_handed_over_by_a_caller_are_refused_alike() -> None:
    with pytest.raises(ConfigError, match="LTA_ACCOUNT_KEY has 7 characters; expected 8 or more"):
        Secrets.from_variables({"LTA_ACCOUNT_KEY": "hunter2"})


def test_every_short_secret_is_reported_at_once_with_those_of_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_PASSWORD", "hunter2")
    monkeypatch.setenv("MRT_PIPELINE_ALERT_EMAIL_URL", "mailtos://me:hunter2@mail.example.org")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2@proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://me@proxy.example:3128")
    with pytest.raises(ConfigError) as caught:
        read_variables()
    assert {fault.partition(" has 7 characters")[0] for fault in caught.value.faults} == {
        "ONEMAP_PASSWORD",
        "the password in MRT_PIPELINE_ALERT_EMAIL_URL",
        "the password in HTTPS_PROXY",
    }
    assert "hunter2" not in str(caught.value)


def test_a_short_secret_of_another_program_is_none_of_ours() -> None:
    Path(".env").write_text("REDIS_PASSWORD=dev\n", "utf-8")
    assert read_variables()["REDIS_PASSWORD"] == "dev"


def test_dotenv_may_hold_overrides_too() -> None:
    Path(".env").write_text("MRT_PIPELINE__MODE=live", "utf-8")
    Path("pipeline.yaml").write_text("{}", "utf-8")
    assert PipelineConfig("pipeline.yaml").settings.mode == "live"


def test_a_virtual_environment_named_dotenv_is_left_alone() -> None:
    Path(".env").mkdir()
    Path(".env/pyvenv.cfg").write_text("home = /usr/bin", "utf-8")
    assert "ONEMAP_EMAIL" not in read_variables()


def _make_folder() -> None:
    Path(".env").mkdir()


def _make_pipe() -> None:
    os.mkfifo(".env")


def _make_link_to_nothing() -> None:
    Path(".env").symlink_to("nowhere")


def _make_link_to_itself() -> None:
    Path(".env").symlink_to(".env")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_make_folder, "it is a folder, not a file"),
        (_make_pipe, "it is a pipe, not a file"),
        (_make_link_to_nothing, "No such file or directory"),
        (_make_link_to_itself, "Too many levels of symbolic links"),
    ],
)
def test_what_is_no_file_is_reported(make: Callable[[], None], words: str) -> None:
    make()
    with pytest.raises(ConfigError, match=words) as caught:
        read_variables()
    assert str(Path(".env").absolute()) in caught.value.faults[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"A=\xff", "line 1 is not UTF-8"),
        (b"# me\n\nA=hunter2\nB=hunter2\xff\xfe\n", "line 4 is not UTF-8"),
        (b"# me\nA hunter2\nB=1", 'line 2 has no "="'),
        (b"A=1\n\n  \nhunter2\n", 'line 4 has no "="'),
        (b"A=1\r\n\r\nhunter2\r\n", 'line 3 has no "="'),
        (b"export hunter2", 'line 1 has no "="'),
        (b"A: hunter2", 'line 1 has no "="'),
        (b"=hunter2", "line 1 is not NAME=value"),
        (b"A B=hunter2", "line 1 is not NAME=value"),
        (b"\nA='hunter2\nB=2\n", "line 2 is not NAME=value, or a quotation mark in it is not closed"),
        (b"#" * (MAX_DOTENV_BYTES + 1), f"longer than {MAX_DOTENV_BYTES} bytes"),
    ],
)
def test_a_dotenv_that_cannot_be_read_is_named(content: bytes, words: str) -> None:
    Path(".env").write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        read_variables()
    assert str(Path(".env").absolute()) in caught.value.faults[0]
    assert len(caught.value.faults) == 1
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_every_faulty_line_of_a_dotenv_is_reported_at_once() -> None:
    Path(".env").write_text("A\nB=1\nC D\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_variables()
    assert [fault.partition(": ")[2].partition(";")[0] for fault in caught.value.faults] == [
        'line 1 has no "="',
        'line 3 has no "="',
    ]


def test_a_dotenv_that_may_not_be_opened_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may open everything, so the refusal is made by hand."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    Path(".env").write_text("A=1", "utf-8")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigError, match="Permission denied"):
        read_variables()


def test_a_dotenv_that_may_not_even_be_looked_at_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may look at everything, so the refusal is made by hand."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", refuse)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigError, match="Permission denied"):
        read_variables()
