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
        ("a: [0, -7, +7, 0x10, -0x1F]", {"a": (0, -7, 7, 16, -31)}),
        ("a: [1e3, 1.5e3, 1.5E-1, .5, 1., 0.10]", {"a": (1000.0, 1500.0, 0.15, 0.5, 1.0, 0.1)}),
        ("a: [.inf, -.Inf]", {"a": (float("inf"), float("-inf"))}),
        ("a: [yes, No, on, OFF]", {"a": (True, False, True, False)}),
        (
            "a: ['0600', '1:30', '1_000', 2.0.0, 1e, e3, 0x, 12:99]",
            {"a": ("0600", "1:30", "1_000", "2.0.0", "1e", "e3", "0x", "12:99")},
        ),
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
        ("a: 1\na: 2", {"a": 1}, "line 2 repeats the key a from line 1; keep one of them."),
        ("b:\n  a: 1\n  a: 2", {"b": {"a": 1}}, "line 3 repeats the key b.a from line 2; keep one of them."),
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
def test_an_oddity_is_reported_and_left_out(text: str, value: object, fault: str) -> None:
    document = read_yaml(text)
    assert document.value == value
    assert document.faults == [fault]


@pytest.mark.parametrize(
    "text",
    ["0600", "010", "-010", "08", "00", "1:30", "1:30.5", "190:20:30", "0o17", "0b101", "1_000", "0x1_0",
     "1_000.5", "00.5", "1_0e3"],
)  # fmt: skip
def test_a_number_that_readers_of_yaml_read_differently_is_refused_with_line_and_key(text: str) -> None:
    document = read_yaml(f"a:\n  b: {text}\n  c: [{text}]")
    assert document.value == {"a": {"c": ()}}
    assert document.unread == [("a", "b"), ("a", "c", 0)]
    assert [fault.partition(",")[0] for fault in document.faults] == [
        f"a.b (line 2) is {text}",
        f"a.c[0] (line 3) is {text}",
    ]


def test_a_small_text_cannot_grow_without_end() -> None:
    levels = ["a: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(ConfigError, match=f"more than {MAX_VALUES} values"):
        read_yaml("\n".join(levels))


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "[" * 200 + "]" * 200])
def test_endless_and_absurd_nesting_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=f"line 1 is nested more than {MAX_DEPTH} levels deep"):
        read_yaml(text)


@pytest.mark.parametrize("text", ["[" * 1000, 'a: "\\U00110000"'])
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
