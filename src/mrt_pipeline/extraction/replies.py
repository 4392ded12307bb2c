"""A model's reply: its JSON schema, and how it becomes candidates. Nothing in it is trusted yet.

Every array and string is bounded: under a schema without bounds a model may loop until it is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.extraction.access_words import VOCABULARY
from mrt_pipeline.extraction.candidates import Candidate, CandidateField
from mrt_pipeline.extraction.quotes import find_spans

MAX_ITEMS = 40
MAX_EXIT_CHARS = 12
MAX_VALUE_CHARS = 80
MAX_NAME_CHARS = 60
MAX_QUOTE_CHARS = 300

_EXIT_WORD = re.compile(r"^(?:exits?|entrances?)\b[\s:]*", re.IGNORECASE)
_CODE_FENCE = re.compile(r"\s*```(?:json)?\s*(?P<inside>.*?)\s*```\s*", re.DOTALL)


class ReplyItem(Record):
    """One statement as the model sends it; only platforms have ``towards`` and ``line``."""

    quote: str = Field(max_length=MAX_QUOTE_CHARS)
    field: CandidateField
    exit: str = Field(max_length=MAX_EXIT_CHARS)
    value: str = Field(max_length=MAX_VALUE_CHARS)
    towards: str = Field(default="", max_length=MAX_NAME_CHARS)
    line: str = Field(default="", max_length=MAX_NAME_CHARS)


class Reply(Record):
    """A whole reply."""

    items: Annotated[tuple[ReplyItem, ...], Field(max_length=MAX_ITEMS)]

    @property
    def is_full(self) -> bool:
        """Tell whether there was no room for another statement, so that some may be missing."""
        return len(set(self.items)) == MAX_ITEMS


class UnreadableReplyError(ValueError):
    """A reply is not JSON of the schema; the message says what is wrong with it."""


def _text(max_length: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": max_length}


def _one_of(values: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _item(fields: Iterable[CandidateField], **values: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a statement: the words come first, so that the rest is read off them."""
    about = {"quote": _text(MAX_QUOTE_CHARS), "field": _one_of(fields), "exit": _text(MAX_EXIT_CHARS)}
    return _closed(about | values)


REPLY_SCHEMA: dict[str, Any] = _closed(
    {
        "items": {
            "type": "array",
            "maxItems": MAX_ITEMS,
            "items": {
                "anyOf": [
                    _item(["bus_stop", "landmark"], value=_text(MAX_VALUE_CHARS)),
                    _item(["access"], value=_one_of(VOCABULARY)),
                    _item(
                        ["platform"],
                        value=_text(MAX_EXIT_CHARS),
                        towards=_text(MAX_NAME_CHARS),
                        line=_text(MAX_NAME_CHARS),
                    ),
                ]
            },
        }
    }
)
"""What the server is asked to hold the model to; ``Reply`` checks that it did."""


def parse_reply(text: str) -> Reply:
    """Return what a model wrote, also if it wrapped it in a code fence.

    Raises:
        UnreadableReplyError: if it is not JSON of the schema.
    """
    fenced = _CODE_FENCE.fullmatch(text)
    try:
        return Reply.model_validate_json(fenced.group("inside") if fenced else text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableReplyError(f"{where}: {first['msg']}" if where else first["msg"]) from None


def to_candidate(item: ReplyItem) -> Candidate:
    """Return a statement in the form in which it is grounded.

    A platform belongs to the whole station: models write its own letter where an exit's is asked for. A line
    only narrows a direction down, and models guess it; so it counts where the quote has it.
    """
    is_platform = item.field == "platform"
    is_line_quoted = bool(item.line.strip()) and any(find_spans(item.quote, item.line))
    return Candidate(
        field=item.field,
        exit_label=None if is_platform else _EXIT_WORD.sub("", item.exit.strip()) or None,
        value=item.value.strip(),
        quote=item.quote,
        char_start=None,
        towards=item.towards.strip() if is_platform else None,
        line=item.line.strip() if is_platform and is_line_quoted else None,
        method=Method.MODEL,
    )
