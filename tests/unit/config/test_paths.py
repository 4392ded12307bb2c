"""A path is read alike wherever a person writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.config import find_config
from mrt_pipeline.config.loading import load_settings
from mrt_pipeline.config.paths import expand_path, home_folder, read_path
from mrt_pipeline.errors import ConfigError, UsageError
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.context import cache_folder

NO_PATHS = {
    "": "is empty",
    "  ": "is empty",
    "a\0b": "contains a NUL character",
    "a\udcffb": "contains bytes that are not UTF-8",
    "~nobody-of-this-name/x": "begins with '~nobody-of-this-name', but there is no such home folder",
    "$NOT_SET_HERE/x": "names the variable 'NOT_SET_HERE', which is not set",
    "x/${NOT_SET_HERE}": "names the variable 'NOT_SET_HERE', which is not set",
    "${}": "names the variable '', which is not set",
    "${HOME": "contains '${HOME', which is not a variable here; write it as $NAME or ${NAME}",
    "a/${HOME/x": "contains '${HOME', which is not a variable here",
    "%USERPROFILE%/x": "contains '%USERPROFILE%', which is not a variable here",
    "$(HOME)/x": "contains '$(HOME)', which is not a variable here",
    "a/{{ home }}": "contains '{{ home }}', which is not a variable here",
    "!HOME!/x": "contains '!HOME!', which is not a variable here",
}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NOT_SET_HERE", raising=False)
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("~", "{home}"),
        ("~/runs", "{home}/runs"),
        ("$HOME/runs", "{home}/runs"),
        ("${HOME}/runs", "{home}/runs"),
        ("a/$HOME", "a/{home}"),
        ("outputs", "outputs"),
        ("./~", "./~"),
        ("a~b", "a~b"),
        ("5$", "5$"),
        ("100%", "100%"),
        ("5% of 6%", "5% of 6%"),
        ("wow!/x!", "wow!/x!"),
    ],
)
def test_the_home_folder_and_variables_are_filled_in(text: str, expanded: str, home: Path) -> None:
    assert expand_path(text) == expanded.format(home=home)


def test_a_home_folder_that_a_variable_names_is_filled_in(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_RUNS", "~/runs")
    assert expand_path("$MY_RUNS/one") == f"{home}/runs/one"
    assert expand_path("a/$MY_RUNS") == "a/~/runs"


@pytest.mark.parametrize(("text", "fault"), NO_PATHS.items())
def test_what_is_no_path_is_refused_alike_on_the_command_line_and_in_a_request(text: str, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_path(text)
    assert fault in str(caught.value)
    if text:  # Path makes a dot of an empty text
        with pytest.raises(UsageError) as caught:
            RunRequest(Path(text))
        assert fault in str(caught.value)


@pytest.mark.parametrize("text", ["~/x", "$HOME/x"])
def test_the_folder_of_all_runs_is_filled_in(text: str, home: Path) -> None:
    Path("pipeline.yaml").write_text(f'output: {{directory: "{text}"}}')
    assert load_settings(Path("pipeline.yaml"), {}).output.directory == f"{home}/x"
    override = {"MRT_PIPELINE__OUTPUT__DIRECTORY": text}
    assert load_settings(Path("pipeline.yaml"), override).output.directory == f"{home}/x"


def test_a_folder_of_all_runs_that_is_no_path_is_refused_with_its_line() -> None:
    Path("pipeline.yaml").write_text('output:\n  directory: "$NOT_SET_HERE/x"')
    with pytest.raises(ConfigError) as caught:
        load_settings(Path("pipeline.yaml"), {})
    assert caught.value.faults == (
        "output.directory (line 2) names the variable 'NOT_SET_HERE', which is not set. Set it, or write the "
        "path in full.",
    )


def test_paths_of_the_environment_are_filled_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRT_PIPELINE_CACHE", "~/cache")
    monkeypatch.setenv("PIPELINE_CONFIG", "$HOME/mine.yaml")
    assert cache_folder() == home / "cache"
    assert find_config() == home / "mine.yaml"
    assert find_config("~/named.yaml") == home / "named.yaml"


@pytest.mark.parametrize("variable", ["MRT_PIPELINE_CACHE", "PIPELINE_CONFIG"])
def test_a_variable_that_holds_no_path_is_named(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "$NOT_SET_HERE/x")
    with pytest.raises(ConfigError, match=rf"{variable} is '\$NOT_SET_HERE/x': it names the variable"):
        cache_folder() if variable == "MRT_PIPELINE_CACHE" else find_config()


def test_a_process_without_a_home_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "~")
    assert home_folder() is None
