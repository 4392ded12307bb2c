"""A reply is read if and only if it is what the schema allows, and then only as a hint."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.extraction.replies import (
    MAX_FACTS,
    MAX_QUOTE_CHARS,
    REPLY_SCHEMA,
    Reply,
    UnreadableReplyError,
    parse_reply,
    to_candidates,
)
from tests.fakes.model_server import fact, reply

NOTHING = reply()
LIFT = fact("A", "lift", "Exit A has a lift")
VALIDATOR = Draft202012Validator(REPLY_SCHEMA)


def test_facts_become_candidates_of_their_kind() -> None:
    text = reply(
        landmarks=[fact("A", " Tekka Centre ", "leads to Tekka Centre")],
        bus_stops=[fact("Exit B", "07031", "stop 07031")],
        access=[LIFT],
        platforms=[fact("A", quote="Platform A to HarbourFront", towards="HarbourFront")],
    )
    candidates = to_candidates(parse_reply(text))
    assert [(item.field, item.exit_label, item.value, item.towards) for item in candidates] == [
        ("landmark", "A", "Tekka Centre", None),
        ("bus_stop", "B", "07031", None),
        ("access", "A", "lift", None),
        ("platform", None, "A", "HarbourFront"),
    ]
    assert {item.method for item in candidates} == {Method.MODEL}
    assert {item.char_start for item in candidates} == {None}


@pytest.mark.parametrize(
    ("written", "label"),
    [("A", "A"), ("Exit A", "A"), ("EXIT: 3", "3"), (" entrance B ", "B"), ("", None), ("Exit", None)],
)
def test_an_exit_is_known_by_its_bare_label(written: str, label: str | None) -> None:
    (candidate,) = to_candidates(parse_reply(reply(access=[fact(written, "lift", "")])))
    assert candidate.exit_label == label


def test_five_digits_are_a_bus_stop_whichever_list_they_were_put_in() -> None:
    found = to_candidates(parse_reply(reply(landmarks=[fact("A", "59049", ""), fact("A", "590490", "")])))
    assert [item.field for item in found] == ["bus_stop", "landmark"]


@pytest.mark.parametrize(
    ("quote", "line"),
    [("Platform A of the North South Line", "north south line"), ("Platform A", None), ("", None)],
)
def test_a_line_counts_where_the_quote_has_it(quote: str, line: str | None) -> None:
    platform = fact("A", quote=quote, towards="Jurong East", line="north south line")
    assert to_candidates(parse_reply(reply(platforms=[platform])))[0].line == line


def test_a_fact_said_twice_is_one() -> None:
    assert len(to_candidates(parse_reply(reply(access=[LIFT, LIFT])))) == 1


def test_a_reply_in_a_code_fence_is_read() -> None:
    assert parse_reply(f"\n```json\n{NOTHING}\n```\n") == parse_reply(NOTHING)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "<html>",
        "Sure! Here is the JSON: " + NOTHING,
        NOTHING[:-1],
        NOTHING + NOTHING,
        "[" * 100_000,
        NOTHING.replace("[]", "null"),
        json.dumps({"exits": []}),
        reply(access=[{**LIFT, "exit": ["A"]}]),
        reply(access=[{**LIFT, "quote": {}}]),
        reply(access=[{"exit": "A", "value": "lift"}]),
        NOTHING.replace("[]", '["lift"]', 1),
        NOTHING.replace("[]", '[{"exit":"A","value":"\\ud800","quote":""}]', 1),
    ],
)
def test_whatever_is_not_the_schemas_is_refused_with_what_is_wrong(text: str) -> None:
    with pytest.raises(UnreadableReplyError) as caught:
        parse_reply(text)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"exit": None}, {"exit": ""}),
        ({"value": 59049}, {"value": "59049"}),
        ({"quote": "x" * 1000}, {"quote": "x" * MAX_QUOTE_CHARS}),
        ({"confidence": 1}, {}),
    ],
)
def test_a_server_that_does_not_hold_to_the_schema_in_small_things_is_read(
    change: dict[str, object], expected: dict[str, str]
) -> None:
    (found,) = parse_reply(reply(access=[{**LIFT, **change}])).access
    assert found.model_dump() == LIFT | expected


def test_no_more_of_a_list_is_read_than_was_asked_for() -> None:
    endless = [fact("A", f"Place {number}", "") for number in range(10 * MAX_FACTS)]
    assert len(parse_reply(reply(landmarks=endless)).landmarks) == MAX_FACTS


def test_a_list_without_room_for_another_fact_is_told() -> None:
    def with_facts(number: int) -> Reply:
        return parse_reply(reply(landmarks=[fact("A", f"Place {rank}", "") for rank in range(number)]))

    assert with_facts(MAX_FACTS).is_full
    assert not with_facts(MAX_FACTS - 1).is_full
    assert not parse_reply(reply(access=[LIFT] * MAX_FACTS)).is_full  # a loop, not a long list


def every(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a schema and all schemas within it."""
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return [schema, *(found for part in inner for found in every(part))]


def test_every_array_and_text_of_the_schema_is_bounded_and_every_object_closed() -> None:
    Draft202012Validator.check_schema(REPLY_SCHEMA)
    for part in every(REPLY_SCHEMA):
        if part["type"] == "array":
            assert part["maxItems"] == MAX_FACTS
        elif part["type"] == "string":
            assert "maxLength" in part or "enum" in part
        else:
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


@given(st.text(), st.text(), st.text())
def test_what_the_schema_allows_is_read_as_it_is_and_all_else_within_its_bounds(
    quote: str, value: str, label: str
) -> None:
    text = reply(landmarks=[fact(label, value, quote)])
    found = json.loads(parse_reply(text).model_dump_json())
    assert VALIDATOR.is_valid(found)
    assert found == json.loads(text) or not VALIDATOR.is_valid(json.loads(text))
