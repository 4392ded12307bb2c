"""Whatever a file or a variable holds, the settings are valid or the faults are told."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mrt_pipeline.config import Settings, yaml_reading
from mrt_pipeline.config.environment import override_variable
from mrt_pipeline.config.keys import Key, known_keys, value_keys
from mrt_pipeline.config.loading import load_settings
from mrt_pipeline.errors import ConfigError

SHIPPED = (Path(__file__).parents[3] / "config" / "pipeline.yaml").read_bytes()
DEFAULTS = Settings().model_dump(mode="json")
PATIENTLY = settings(deadline=None)
"""a busy machine is no fault"""
PARSERS = pytest.mark.parametrize("parser", [yaml_reading.LOADER, yaml.SafeLoader])
PIECES = (
    *("mode", "stages", "apis", "onemap", "output", "formats", "json", "live", "x", "password"),
    *(": ", "\n", "\n  ", "\n  - ", "- ", "[", "]", "{", "}", ", ", "? ", "<<: ", "# ", "---\n", "..."),
    *("&a ", "*a", "!!int ", "!own ", "'", '"', "\\ud800", "|\n ", ">", "%YAML 1.1\n", "\t"),
    *(
        "1",
        "-1",
        "0x1F",
        "1e9",
        "1:30",
        ".inf",
        ".nan",
        "~",
        "true",
        "2026-13-45",
        "=",
        "é",
        "\u2028",
        "\ufeff",
    ),
)


def _load(content: bytes, variables: dict[str, str]) -> Settings:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(content)
        file.flush()
        return load_settings(Path(file.name), variables)


def _load_or_faults(content: bytes, variables: dict[str, str]) -> Settings | tuple[str, ...]:
    try:
        return _load(content, variables)
    except ConfigError as error:
        return error.faults


def _check_whatever(content: bytes, parser: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_reading, "LOADER", parser)
        result = _load_or_faults(content, {})
    assert isinstance(result, Settings) or (result and all(result))


def _value_at(tree: Any, key: Key) -> Any:
    for part in key:
        tree = tree[part]
    return tree


def _tree_of(values: dict[Key, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in values.items():
        section = tree
        for part in key[:-1]:
            section = section.setdefault(part, {})
        section[key[-1]] = value
    return tree


def _other_values(key: Key) -> st.SearchStrategy[Any]:
    """Return values that a key may have, by the type of its default."""
    default = _value_at(DEFAULTS, key)
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, list):
        return st.permutations(default)
    if isinstance(default, int | float):
        ends = [
            getattr(bound, name)
            for bound in known_keys()[key].metadata
            for name in ("ge", "le")
            if hasattr(bound, name)
        ]
        return st.sampled_from([default, *(type(default)(end) for end in ends)])
    return st.just(default)


@PATIENTLY
@given(data=st.data(), keys=st.sets(st.sampled_from(value_keys())))
def test_any_subset_of_keys_comes_back_as_written_and_the_rest_is_default(
    data: st.DataObject, keys: set[Key]
) -> None:
    keys = {key for key in keys if key[-1] != "max"}  # the bounds of which depend on min
    values = {key: data.draw(_other_values(key), label=".".join(key)) for key in sorted(keys)}
    read = _load(yaml.safe_dump(_tree_of(values)).encode(), {}).model_dump(mode="json")
    for key in value_keys():
        assert _value_at(read, key) == values.get(key, _value_at(DEFAULTS, key))


@PATIENTLY
@given(keys=st.sets(st.sampled_from(value_keys())))
def test_variables_and_file_say_the_same_in_the_same_words(keys: set[Key]) -> None:
    variables = {
        override_variable(key): value
        if isinstance(value := _value_at(DEFAULTS, key), str)
        else json.dumps(value)
        for key in keys
    }
    assert _load(b"{}", variables) == Settings()


@PATIENTLY
@given(content=st.binary(max_size=200))
@PARSERS
def test_any_bytes_are_settings_or_faults(content: bytes, parser: Any) -> None:
    _check_whatever(content, parser)


@PATIENTLY
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
@PARSERS
def test_any_yaml_like_text_is_settings_or_faults(pieces: list[str], parser: Any) -> None:
    _check_whatever("".join(pieces).encode(), parser)


@PATIENTLY
@given(
    start=st.integers(0, len(SHIPPED)),
    length=st.integers(0, 40),
    insert=st.lists(st.sampled_from(PIECES), max_size=3).map("".join),
)
@PARSERS
def test_any_slip_in_the_shipped_file_is_settings_or_faults(
    start: int, length: int, insert: str, parser: Any
) -> None:
    _check_whatever(SHIPPED[:start] + insert.encode() + SHIPPED[start + length :], parser)


@PATIENTLY
@given(key=st.sampled_from(value_keys()), text=st.text(st.characters(codec=None), min_size=1, max_size=30))
def test_any_value_of_a_variable_is_a_setting_or_a_fault_that_names_it(key: Key, text: str) -> None:
    variable = override_variable(key)
    result = _load_or_faults(b"{}", {variable: text})
    if not isinstance(result, Settings):
        assert any(fault.startswith((variable, ".".join(key[:-1]))) for fault in result)
