"""A model's reply: its JSON schema, and its conversion to candidates, which are not trusted yet.

Each kind of fact has its own list: with one list for all, a small model repeats itself and finds a lift in
every sentence. Every array and string is bounded: otherwise a model may loop until its answer is cut off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ConfigDict, ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.source import BUS_STOP_CODE
from mrt_pipeline.extraction.access_words import VOCABULARY
from mrt_pipeline.extraction.candidates import Candidate, CandidateField
from mrt_pipeline.extraction.quotes import find_spans
from mrt_pipeline.extraction.reply_objects import BrokenObjectError, find_objects

MAX_FACTS = 30
"""maximum number of facts of one kind; a reply with as many may be missing some"""
MAX_EXIT_CHARS = 12
MAX_NAME_CHARS = 80
MAX_QUOTE_CHARS = 300

_candidate = partial(Candidate, char_start=None, method=Method.MODEL)
_EXIT_WORD = re.compile(r"^(?:exits?|entrances?)\b[\s:]*", re.IGNORECASE)


def _short(max_length: int) -> BeforeValidator:
    """Return a validator that converts a value to a short text, as not every server enforces the schema."""

    def shorten(value: object) -> object:
        text = "" if value is None else str(value) if isinstance(value, int) else value
        return text[:max_length] if isinstance(text, str) else text

    return BeforeValidator(shorten)


def _few(facts: object) -> object:
    return facts[:MAX_FACTS] if isinstance(facts, list | tuple) else facts


ExitText = Annotated[str, _short(MAX_EXIT_CHARS)]
NameText = Annotated[str, _short(MAX_NAME_CHARS)]
QuoteText = Annotated[str, _short(MAX_QUOTE_CHARS)]
FactT = TypeVar("FactT")
Facts = Annotated[tuple[FactT, ...], BeforeValidator(_few)]


class Answered(Record):
    """An object written by a model; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ExitFact(Answered):
    """A fact about one exit."""

    exit: ExitText
    value: NameText
    quote: QuoteText


class PlatformFact(Answered):
    """The direction of the trains from one platform."""

    value: ExitText
    towards: NameText
    line: NameText = ""
    quote: QuoteText


class Reply(Answered):
    """A whole reply."""

    landmarks: Facts[ExitFact]
    bus_stops: Facts[ExitFact]
    access: Facts[ExitFact]
    platforms: Facts[PlatformFact]

    @property
    def is_full(self) -> bool:
        """Return whether a list is full, so that facts may be missing."""
        lists = (self.landmarks, self.bus_stops, self.access, self.platforms)
        return any(len(set(facts)) == MAX_FACTS for facts in lists)


class UnreadableReplyError(ValueError):
    """A reply is not JSON that matches the schema; the message says what is wrong."""


def _text(max_length: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": max_length}


def _closed(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "maxItems": MAX_FACTS, "items": _closed(**properties)}


_EXIT, _NAME, _QUOTE = _text(MAX_EXIT_CHARS), _text(MAX_NAME_CHARS), _text(MAX_QUOTE_CHARS)

REPLY_SCHEMA: dict[str, Any] = _closed(
    landmarks=_list(exit=_EXIT, value=_NAME, quote=_QUOTE),
    bus_stops=_list(exit=_EXIT, value=_NAME, quote=_QUOTE),
    access=_list(exit=_EXIT, value={"type": "string", "enum": list(VOCABULARY)}, quote=_QUOTE),
    platforms=_list(value=_EXIT, towards=_NAME, line=_NAME, quote=_QUOTE),
)
"""the schema sent to the server to enforce; ``Reply`` tolerates small deviations and discards the excess"""


def parse_reply(text: str) -> Reply:
    """Return the object in a model's answer that matches the schema, whatever text is around it.

    Raises:
        UnreadableReplyError: if there is none, several that differ, or one that is not valid JSON.
    """
    found: set[Reply] = set()
    faults: list[str] = []
    try:
        objects = find_objects(text, Reply.model_fields.keys())
    except BrokenObjectError as error:
        raise UnreadableReplyError(str(error)) from None
    for value in objects:
        try:
            found.add(_validated(value))
        except UnreadableReplyError as fault:
            faults.append(str(fault))
    if len(found) > 1:
        raise UnreadableReplyError(f"there are {len(found)} different JSON objects in it; expected one")
    if not found:
        raise UnreadableReplyError(faults[0] if faults else "there is no JSON object in it")
    return found.pop()


def _validated(value: dict[str, Any]) -> Reply:
    try:
        return Reply.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableReplyError(f"{where}: {first['msg']}" if where else first["msg"]) from None
    except RecursionError:
        raise UnreadableReplyError("it is nested too deep") from None


def to_candidates(reply: Reply) -> tuple[Candidate, ...]:
    """Return a reply's facts as candidates for grounding, each once."""
    candidates = (
        *_of_exits("landmark", reply.landmarks),
        *_of_exits("bus_stop", reply.bus_stops),
        *_of_exits("access", reply.access),
        *(_of_platform(fact) for fact in reply.platforms),
    )
    return tuple(dict.fromkeys(candidates))


def _of_exits(field: CandidateField, facts: Iterable[ExitFact]) -> Iterator[Candidate]:
    for fact in facts:
        value = fact.value.strip()
        yield _candidate(
            field="bus_stop" if BUS_STOP_CODE.fullmatch(value) else field,  # models mix up the lists
            exit_label=_EXIT_WORD.sub("", fact.exit.strip()) or None,
            value=value,
            quote=fact.quote,
            towards=None,
            line=None,
        )


def _of_platform(fact: PlatformFact) -> Candidate:
    """Return a platform as a candidate that is about no particular exit.

    Models guess the line, which only narrows down the direction, so it is kept only if the quote contains it.
    """
    is_line_quoted = any(find_spans(fact.quote, fact.line))
    return _candidate(
        field="platform",
        exit_label=None,
        value=fact.value.strip(),
        quote=fact.quote,
        towards=fact.towards.strip(),
        line=fact.line.strip() if is_line_quoted else None,
    )
