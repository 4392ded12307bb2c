from __future__ import annotations

import traceback

import pytest
import yaml

from mrt_pipeline.config import yaml_reading
from mrt_pipeline.config.yaml_reading import MAX_DEPTH, MAX_VALUES, read_yaml, show_path
from mrt_pipeline.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: 1", {"a": 1}),
        ("a: [1, 2.5, true, no, ~, 'x', \"y\", z]", {"a": (1, 2.5, True, False, None, "x", "y", "z")}),
        ("a: 2026-01-05", {"a": "2026-01-05"}),
        ("a: 2026-99-99", {"a": "2026-99-99"}),
        ("a: !!str 2.0", {"a": "2.0"}),
        ("a: '2.0'", {"a": "2.0"}),
        ("1: a", {"1": "a"}),
        ("a: &x [1]\nb: *x", {"a": (1,), "b": (1,)}),
    ],
)
def test_plain_values_are_read(text: str, value: object) -> None:
    document = read_yaml(text)
    assert document.value == value
    assert not document.faults


def test_each_key_and_item_knows_its_line() -> None:
    document = read_yaml("a:\n  b:\n    - 1\n    - 2\nc: 3")
    assert document.lines == {("a",): 1, ("a", "b"): 2, ("a", "b", 0): 3, ("a", "b", 1): 4, ("c",): 5}


@pytest.mark.parametrize(
    ("text", "value", "fault"),
    [
        ("a: 1\na: 2", {"a": 1}, "line 2 repeats the key a of line 1; keep one of them."),
        ("b:\n  a: 1\n  a: 2", {"b": {"a": 1}}, "line 3 repeats the key b.a of line 2; keep one of them."),
        ("? [a]\n: 1", {}, "line 1 has a key that is not text."),
        ("a: !!int x", {}, "line 1 has a tag; write the value without it."),
        ("a: !!python/object/apply:os.abort []", {}, "line 1 has a tag; write the value without it."),
        ("a: !!set {b}", {}, "line 1 has a tag; write the value without it."),
        ("a: [1, !own 2]", {"a": (1,)}, "line 1 has a tag; write the value without it."),
        ("a: 9223372036854775808", {}, "line 1 has a number that is too large."),
        ("a: -9223372036854775808", {}, "line 1 has a number that is too large."),
        (f"a: {'9' * 5000}", {}, "line 1 has a number that is too large."),
        (f"a: 0x{'f' * 5000}", {}, "line 1 has a number that is too large."),
    ],
)
def test_an_oddity_is_told_and_left_out(text: str, value: object, fault: str) -> None:
    document = read_yaml(text)
    assert document.value == value
    assert document.faults == [fault]


def test_a_small_text_cannot_grow_without_end() -> None:
    levels = ["a: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(ConfigError, match=f"more than {MAX_VALUES} values"):
        read_yaml("\n".join(levels))


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "[" * 200 + "]" * 200])
def test_endless_and_absurd_nesting_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=f"line 1 is nested more than {MAX_DEPTH} levels deep"):
        read_yaml(text)


@pytest.mark.parametrize("text", ["[" * 5000, 'a: "\\U00110000"'])
def test_what_only_the_parser_without_libyaml_stumbles_over_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_reading, "LOADER", yaml.SafeLoader)
    with pytest.raises(ConfigError, match="not valid YAML"):
        read_yaml(text)


@pytest.mark.parametrize("parser", [yaml_reading.LOADER, yaml.SafeLoader])
def test_no_traceback_quotes_a_text_that_is_not_yaml(parser: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reading, "LOADER", parser)
    text = "key: hunter2: x"
    with pytest.raises(ConfigError) as caught:
        read_yaml(text)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_path_is_shown_as_it_would_be_written() -> None:
    assert show_path(("a", "b", 1, "c")) == "a.b[1].c"
    assert show_path((1,)) == "[1]"
