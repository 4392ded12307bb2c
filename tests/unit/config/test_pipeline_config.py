from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import mrt_pipeline.config
from mrt_pipeline.config import PipelineConfig, Settings, find_config, get_config
from mrt_pipeline.contracts.run import PACKAGED
from mrt_pipeline.errors import ConfigError

CONTENT = """
mode: live
stages:
  stage2_enrichment: {enabled: false, delay_seconds: 0}
  stage3_merger: {validation: {schema_check: false}}
apis: {onemap: {timeout: 3}}
"""


@pytest.fixture
def config() -> PipelineConfig:
    return PipelineConfig(_write("pipeline.yaml", CONTENT))


def _write(name: str, content: str = "{}") -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mode", "live"),
        ("expected_lines", 9),
        ("pipeline.name", "MRT Data Pipeline"),
        ("apis.onemap.timeout", 3),
        ("apis.onemap.base_url", "https://www.onemap.gov.sg/api"),
        ("output.formats", ["json"]),
        ("stages.stage2_enrichment.enabled", False),
        ("stages.stage2_enrichment.delay_seconds", 0),
        ("contact", ""),
        (
            "stages.stage3_merger.validation",
            {"schema_check": False, "completeness_check": True, "sanity_check": True},
        ),
    ],
)
def test_a_value_is_found_by_dotted_key_whatever_it_is(
    config: PipelineConfig, key: str, value: object
) -> None:
    assert config.get(key, "default") == value
    assert config[key] == value
    assert key in config


@pytest.mark.parametrize(
    "key",
    ["", "apis.onemap.mode", "stage", "stages.stage4", "mode.live", "apis.onemap.mode.x", "output.formats.0"],
)
def test_a_missing_key_gives_the_default(config: PipelineConfig, key: str) -> None:
    assert config.get(key) is None
    assert config.get(key, 7) == 7
    assert config[key] is None
    assert key not in config


def test_a_key_is_a_text(config: PipelineConfig) -> None:
    assert 3 not in config


def test_the_sections_of_the_specification_are_plain_dicts(config: PipelineConfig) -> None:
    assert config.pipeline["version"] == "2.0.0"
    assert config.stages["stage2_enrichment"]["enabled"] is False
    assert config.apis["onemap"] == {"mode": None, "timeout": 3, "base_url": "https://www.onemap.gov.sg/api"}


def test_changing_what_was_handed_out_changes_nothing(config: PipelineConfig) -> None:
    config.apis["onemap"]["timeout"] = 99
    config.get("output.formats").append("xml")
    assert config["apis.onemap.timeout"] == 3
    assert config["output.formats"] == ["json"]


def test_a_list_of_licences_is_kept_as_a_tuple_and_written_without_a_warning() -> None:
    Path("pipeline.yaml").write_text("output: {licences: [SODL-1.0]}")
    settings = PipelineConfig(Path("pipeline.yaml")).settings
    assert settings.output.licences == ("SODL-1.0",)
    assert settings.model_dump(mode="json")["output"]["licences"] == ["SODL-1.0"]


def test_settings_are_frozen(config: PipelineConfig) -> None:
    with pytest.raises(ValidationError):
        config.settings.mode = "snapshot"  # type: ignore[misc,assignment] # what the test is about


def test_a_configuration_shows_its_file(config: PipelineConfig) -> None:
    assert repr(config) == "PipelineConfig('pipeline.yaml')"
    assert config.label == "pipeline.yaml"


def test_secrets_are_read_when_they_are_asked_for(
    config: PipelineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.secrets().onemap_email is None
    monkeypatch.setenv("ONEMAP_EMAIL", "me@example.org")
    assert config.secrets().onemap_email is not None


def test_get_config_reads_the_file_of_the_working_directory_once() -> None:
    _write("config/pipeline.yaml", "mode: live")
    first = get_config()
    assert first.settings.mode == "live"
    _write("config/pipeline.yaml", "mode: snapshot")
    assert get_config() is first


def test_get_config_with_a_path_reads_anew_and_keeps_that() -> None:
    _write("config/pipeline.yaml")
    first, other = get_config(), get_config(str(_write("other.yaml", "mode: live")))
    assert other is not first
    assert get_config() is other
    assert get_config(config_path="other.yaml") is not other


def test_a_faulty_file_leaves_the_configuration_that_was() -> None:
    _write("config/pipeline.yaml")
    first = get_config()
    with pytest.raises(ConfigError):
        get_config(_write("other.yaml", "mode: 3"))
    assert get_config() is first


def test_the_default_of_the_specification_is_the_file_of_the_working_directory() -> None:
    _write("config/pipeline.yaml", "expected_lines: 3")
    assert PipelineConfig().settings == Settings(expected_lines=3)


def test_without_a_file_the_defaults_of_the_package_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRT_PIPELINE__EXPECTED_LINES", "8")
    found = get_config()
    assert found.settings == Settings(expected_lines=8)
    assert (found.path, found.label, repr(found)) == (None, PACKAGED, "PipelineConfig(None)")


def test_a_file_is_looked_for_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_config(default=Path("elsewhere/pipeline.yaml")) is None
    beside = _write("elsewhere/pipeline.yaml")
    assert find_config(default=beside) == beside
    here = _write("config/pipeline.yaml")
    assert find_config(default=beside) == here
    monkeypatch.setenv("PIPELINE_CONFIG", "from_variable.yaml")
    assert find_config(default=beside) == Path("from_variable.yaml")
    assert find_config("named.yaml", default=beside) == Path("named.yaml")


def test_a_file_that_is_named_and_absent_is_never_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _write("config/pipeline.yaml")
    monkeypatch.setenv("PIPELINE_CONFIG", "absent.yaml")
    with pytest.raises(ConfigError, match=r"absent\.yaml"):
        get_config()


def test_a_link_that_leads_nowhere_is_no_reason_to_take_the_defaults() -> None:
    Path("config").mkdir()
    Path("config/pipeline.yaml").symlink_to("gone.yaml")
    with pytest.raises(ConfigError, match="the file does not exist"):
        get_config()


def test_the_public_surface_is_small_and_named() -> None:
    assert set(mrt_pipeline.config.__all__) == {
        *("Mode", "PipelineConfig", "Secrets", "Settings"),
        *("find_config", "get_config", "json_schema"),
    }
