"""Make the questions for a model from the prompts in ``prompts/``, one file per version.

A question consists of the task, worked examples, and the text between two marks. The marks are derived from
a hash of the text, so a page cannot contain them to end the text early and continue as instructions.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.extraction.replies import REPLY_SCHEMA, Reply
from mrt_pipeline.runtime.model import Message, Question

PROMPT_VERSION = "exits-1"
MAX_SHOWN_CHARS = 1000
"""an unreadable reply is sent back to the model up to this length"""


class Example(Record):
    """A text about an invented station, and the expected reply."""

    station: str
    text: str
    reply: Reply


class Prompt(Record):
    """One version of the prompt."""

    system: str
    examples: tuple[Example, ...] = Field(min_length=2)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The text of one question, and its station."""

    station_name: str
    text: str


@cache
def load_prompt() -> Prompt:
    """Return the current version of the prompt."""
    path = files("mrt_pipeline.extraction") / "prompts" / f"{PROMPT_VERSION}.toml"
    return Prompt.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def make_question(excerpt: Excerpt) -> Question:
    """Return the question that has a model read an excerpt."""
    prompt = load_prompt()
    turns = [Message("system", prompt.system.strip()), *_worked(prompt), Message("user", _fenced(excerpt))]
    return Question(tuple(turns), REPLY_SCHEMA)


def make_repair(question: Question, reply: str, fault: str) -> Question:
    """Return a question that requests an unreadable reply again, with what was wrong."""
    turns = (
        Message("assistant", _encodable(reply[:MAX_SHOWN_CHARS])),
        Message("user", f"That is not JSON of the schema ({fault}). Answer again with the JSON alone."),
    )
    return Question((*question.messages, *turns), question.schema)


def _worked(prompt: Prompt) -> Iterator[Message]:
    for example in prompt.examples:
        yield Message("user", _fenced(Excerpt(example.station, example.text.strip())))
        yield Message("assistant", example.reply.model_dump_json())


def _fenced(excerpt: Excerpt) -> str:
    return f"Station: {excerpt.station_name}\n{fenced(excerpt.text)}"


def fenced(text: str) -> str:
    """Return a text between two marks that its author cannot predict."""
    text = _encodable(text)
    mark = f"---- {hashlib.sha256(text.encode()).hexdigest()[:8]} ----"
    return f"{mark}\n{text}\n{mark}"


def _encodable(text: str) -> str:
    """Return a text without unpaired surrogates, which cannot be encoded in a request."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
