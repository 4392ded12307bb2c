"""The words in which a model is asked; they lie in ``prompts/``, one file per version.

A question is the task, two worked examples, and the text between two marks that its author could not know:
they are made from the text itself, so a page cannot close them and go on in our voice.
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
"""How much of an unreadable reply is shown to the model again."""


class Example(Record):
    """A text of an invented station, and what should be read from it."""

    station: str
    text: str
    reply: Reply


class Prompt(Record):
    """One version of the task."""

    system: str
    examples: tuple[Example, ...] = Field(min_length=2)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What one question is about."""

    station_name: str
    text: str


@cache
def load_prompt() -> Prompt:
    """Return the task as its file has it."""
    path = files("mrt_pipeline.extraction") / "prompts" / f"{PROMPT_VERSION}.toml"
    return Prompt.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def make_question(excerpt: Excerpt) -> Question:
    """Return the question what a text says."""
    prompt = load_prompt()
    turns = [Message("system", prompt.system.strip()), *_worked(prompt), Message("user", _fenced(excerpt))]
    return Question(tuple(turns), REPLY_SCHEMA)


def make_repair(question: Question, reply: str, fault: str) -> Question:
    """Return the question to write an unreadable reply again."""
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
    """Return a text between two marks that its author could not know."""
    text = _encodable(text)
    mark = f"---- {hashlib.sha256(text.encode()).hexdigest()[:8]} ----"
    return f"{mark}\n{text}\n{mark}"


def _encodable(text: str) -> str:
    """Return a text without halves of surrogate pairs, which no request can carry."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
