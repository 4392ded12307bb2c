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
SAID = json.dumps(json.loads(reply(access=[LIFT])), indent=2)
OTHER = reply(access=[fact("B", "escalator", "Exit B has an escalator")])
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


WRAPPED = {
    "a fence": f"\n```json\n{SAID}\n```\n",
    "a fence in capitals": f"```JSON\n{SAID}\n```",
    "a fence of another name": f"~~~json5\n{SAID}\n~~~",
    "a fence without an end": f"```json\n{SAID}",
    "a sentence before a fence": f"Here is what I found:\n\n```json\n{SAID}\n```",
    "a sentence before": f"Sure! Here is the JSON: {SAID}",
    "words after": f"{SAID}\n\nNote: {{exits}} without a lift are left out [as asked].",
    "a byte order mark": f"\ufeff{SAID}",
    "the same in two fences": f"```json\n{SAID}\n```\nIn short:\n```\n{json.dumps(json.loads(SAID))}\n```",
    "the same again": SAID + SAID,
    "reasoning before": f"<think>\nExit A {{maybe}} has a lift.\n</think>\n\n{SAID}",
    "empty reasoning": f"<think></think>{SAID}",
    "reasoning with a draft": f"<think>First {OTHER}, no.</think>\n{SAID}",
    "reasoning that begins in the prompt": f"Let me see. {OTHER}? No.\n</think>\n{SAID}",
    "a draft": f"<draft>{OTHER}</draft>\n{SAID}",
    "a monologue": f"<internal_monologue>Exit B? {OTHER}</internal_monologue>```json\n{SAID}\n```",
    "thoughts between marks": f"<|begin_of_thought|>{OTHER}<|end_of_thought|>\n{SAID}",
    "thinking between marks": f"<|START_THINKING|>{OTHER}<|END_THINKING|>{SAID}",
    "wide marks": f"<｜begin▁of▁thinking｜>{OTHER}<｜end▁of▁thinking｜>{SAID}",
    "a block of a name not in the dataset": f"<Pre-Work id=1>{OTHER} or {OTHER}</Pre-Work>{SAID}",
    "two such blocks": f"[PLAN]{OTHER}[/PLAN]<notes>{OTHER}</notes>{SAID}",
    "a block in a block": f"<a><b>{OTHER}</b>{OTHER}</a>{SAID}",
    "a draft and the answer in blocks": f"<draft>{OTHER}</draft><answer>{SAID}</answer>",
    "a draft with a broken object": f"<draft>{OTHER[:-2]}</draft>{SAID}",
    "the answer in a block": f"<answer>{SAID}</answer>",
    "a draft and the answer in a block that stays open": f"<draft>{OTHER}</draft><output>{SAID}",
    "a stray end of reasoning after": f"{SAID}</think>",
    "a stray end of reasoning after, and other marks": f"```json\n{SAID}\n```\n</think>\n</s>\n",
    "reasoning that begins after": f"{SAID}\n<think>or {OTHER}",
    "two channels": f"<|channel|>analysis<|message|>{OTHER}<|end|><|start|>assistant"
    f"<|channel|>commentary to=functions.answer <|message|>{SAID}<|call|>",
    "thinking": f"<thinking>\n{OTHER}\n</thinking>\n```JSON\n{SAID}\n```\nDone.",
    "reasoning in capitals": f"<THINK>{OTHER}</THINK>{SAID}",
    "reasoning about reasoning": f"<think>I <think> that {OTHER}</think>{SAID}",
    "a mark within reasoning": f"<think>{OTHER} is in <think> marks, as asked.</think>{SAID}",
    "reasoning in brackets": f"[THINK]{OTHER}[/THINK]{SAID}",
    "reasoning in a namespace": f"<seed:think>{OTHER}</seed:think>{SAID}",
    "reasoning after": f"{SAID}<think>or {OTHER}</think>",
    "channels": f"<|channel|>analysis<|message|>{OTHER}<|end|><|start|>assistant"
    f"<|channel|>final <|constrain|>json<|message|>{SAID}",
    "a text": json.dumps(SAID),
    "a text in a fence": f"```json\n{json.dumps(json.dumps(json.loads(SAID), indent=1))}\n```",
    "a list": f"[{SAID}]",
    "a list of texts": json.dumps([SAID]),
    "a tool call": json.dumps({"name": "answer", "arguments": json.loads(SAID)}),
    "a tool call with a text": f"<tool_call>{json.dumps({'name': 'answer', 'arguments': SAID})}</tool_call>",
    "a list of tool calls": json.dumps([{"function": {"name": "answer", "arguments": SAID}}]),
    "an object around it": json.dumps({"answer": json.loads(SAID)}),
    "another object before": '{"thought": "Exit A has a lift"}\n' + SAID,
    "a damaged object before": SAID[:-1] + "\n\nAgain, whole:\n" + SAID,
}


@pytest.mark.parametrize("form", WRAPPED)
def test_the_object_of_the_schema_is_read_whatever_stands_around_it(form: str) -> None:
    assert parse_reply(WRAPPED[form]) == parse_reply(SAID)


@pytest.mark.parametrize(
    "text",
    [
        SAID + OTHER,
        f"[{SAID}, {OTHER}]",
        f"```json\n{SAID}\n```\nor\n```json\n{OTHER}\n```",
        json.dumps({"name": "answer", "arguments": SAID, "alternative": OTHER}),
        f"{SAID}<notes>or {OTHER}</notes>",
        f"<answer>{SAID}</answer> or rather {OTHER}",
        f"<notes>{SAID}</notes><b>{OTHER}</b>",
        reply() + SAID,
    ],
)
def test_of_two_different_objects_none_is_read(text: str) -> None:
    with pytest.raises(UnreadableReplyError, match="2 different"):
        parse_reply(text)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{SAID}</think> I cannot answer that.",
        f"{SAID}\n</think>\n\nSorry.",
        f"<|channel|>analysis<|message|>{SAID}<|end|><|start|>assistant<|channel|>final<|message|>None.",
    ],
)
def test_what_a_model_only_thought_of_is_no_answer(text: str) -> None:
    with pytest.raises(UnreadableReplyError, match="no JSON object"):
        parse_reply(text)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\nExit A has a lift, so: {SAID}",
        f"<think>{SAID} or {OTHER}",
        f"<seed:think>{SAID}",
        f"<|begin_of_thought|>{SAID}",
        f"<internal_monologue>\n```json\n{SAID}\n```",
        f"<think>{OTHER}</think>Again: <think>{SAID}",
        f"<|channel|>analysis<|message|>{SAID}",
    ],
)
def test_of_reasoning_that_has_no_end_nothing_is_an_answer(text: str) -> None:
    with pytest.raises(UnreadableReplyError, match="ends within its reasoning"):
        parse_reply(text)


@pytest.mark.parametrize(
    "text",
    [
        SAID[:-1] + ', "access": []}',
        SAID.replace('"exit": "A"', '"exit": "A", "exit": "B"'),
        json.dumps({"name": "answer", "arguments": SAID[:-1] + ', "access": []}'}),
        f'```json\n[{SAID[:-1]}, "platforms": []}}]\n```',
    ],
)
def test_an_object_with_a_key_twice_is_refused(text: str) -> None:
    with pytest.raises(UnreadableReplyError, match="a key twice"):
        parse_reply(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SAID[:-1] + ",}", r"broken at character \d+"),
        (SAID.replace("}", ",}"), r"broken at character \d+"),
        (SAID.replace('"lift"', '"lift'), r"broken at character \d+"),
        (f"```json\n{SAID[:-1]},\n}}\n``` Done.", r"broken at character \d+"),
        (json.dumps({"arguments": SAID[:-1] + ",}"}), r"broken at character \d+"),
        (SAID[:-1], "ends before it is whole"),
        (SAID[: SAID.index("lift")], "ends before it is whole|broken"),
    ],
)
def test_of_a_broken_object_it_is_told_that_it_is_broken(text: str, why: str) -> None:
    with pytest.raises(UnreadableReplyError, match=why):
        parse_reply(text)


@pytest.mark.parametrize(
    "words", ["<think>", "</think>", "</thinking> {", "<|channel|>final<|message|>", '"{\\"']
)
def test_marks_of_reasoning_within_a_quote_are_part_of_it(words: str) -> None:
    (found,) = parse_reply(reply(access=[fact("A", "lift", words)])).access
    assert found.quote == words


@pytest.mark.parametrize(
    "piece",
    ["{", '{"a":', '{"a":[0,0,0,', '"{\\', "<think>", "[{", "</think>{}", "<a>{}</a>", '{"a":0,"a":0}'],
)
def test_a_flood_of_beginnings_is_refused_within_measure(piece: str) -> None:
    with pytest.raises(UnreadableReplyError):
        parse_reply(piece * (1_000_000 // len(piece)))


def test_a_flood_of_blocks_of_many_names_is_refused_within_measure() -> None:
    opened = "".join(f"<a{number}>{{}}" for number in range(50_000))
    with pytest.raises(UnreadableReplyError):
        parse_reply(opened + "</think>{}" * 20_000 + opened.replace("<", "</"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "<html>",
        "Sure! Here is the JSON: " + NOTHING[1:],
        NOTHING[:-1],
        NOTHING.replace('"', "'"),
        NOTHING.replace("}", ",}"),
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
