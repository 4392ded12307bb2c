"""The content of an alert, as a record and as plain text; quoted text is never rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, get_args

from pydantic import AwareDatetime, BeforeValidator

from mrt_pipeline.config.settings import Level, TriggersSection
from mrt_pipeline.contracts.base import Record
from mrt_pipeline.runtime.safe_text import printable
from mrt_pipeline.secrecy import SECRETS

LEVELS: tuple[Level, ...] = get_args(Level)
MAX_TEXT = 20_000
MAX_LINE = 500
MAX_LINES = 100
"""maximum for the cause, and for the details"""

_RENDERED = (
    (re.compile(r"@(?=\w)"), "@ "),  # @everyone, <@U123>
    (re.compile(r"<(?=\S)"), "< "),  # <!channel>, <https://example.org|text>, <b>
    (re.compile(r"\](?=[(\[])"), "] "),  # [text](link)
    (re.compile(r":(?=//)|(?<=[A-Za-z]):(?=\S)"), "[:]"),  # https://a, tel:1
    (re.compile(r"\b(www)[.。．｡]", re.IGNORECASE), r"\1[.]"),
)
"""text that chat services turn into a link or a mention, and its harmless form"""
_BEGINNING = re.compile(r"(?:(?<=//)|(?<!\S))[^\s/?#\\]+[/?#\\]?")
"""what may be the host of a link: the beginning of a word, up to where a path would begin"""
_PORT = re.compile(r":\]?\d")
_DOT = re.compile(r"(?<!\[)[.。．｡]")
FACTS = ("run_id", "level", "trigger", "stage", "cause", "safe", "command", "folder", "host")


def _encodable(text: object) -> object:
    """Return a text without secrets that can be encoded: a path may have bytes that are not characters."""
    if not isinstance(text, str):
        return text
    return SECRETS.redact(text)[:MAX_TEXT].encode(errors="backslashreplace").decode()


Text = Annotated[str, BeforeValidator(_encodable)]


class Trigger(StrEnum):
    """The cause of an alert; the keys of ``alerting.triggers``."""

    SOURCE_DOWN = "source_down"
    STAGE_FAILED = "stage_failed"
    GATE_FAILED = "gate_failed"
    COVERAGE_LOW = "coverage_low"
    BUDGET_REACHED = "budget_reached"
    RECOVERED = "recovered"


class Alert(Record):
    """What happened, in which run, what is safe, and how to continue."""

    pipeline: Text
    """name of the dataset"""
    run_id: str
    raised_at: AwareDatetime
    level: Level
    trigger: Trigger
    stage: str | None = None
    """the stage concerned, if any"""
    cause: Text
    safe: Text
    """what was not affected, or what has been published"""
    command: Text | None = None
    """command that continues from here"""
    folder: Text | None = None
    """the run's folder; None if it could not be opened"""
    host: Text
    details: tuple[Text, ...] = ()
    """further lines, e.g. what changed"""

    @property
    def title(self) -> str:
        """Return the alert in one line."""
        what = f"{self.trigger.value.replace('_', ' ')} ({self.level})"
        return _escape(f"{self.pipeline}: {what}, run {self.run_id}")

    @property
    def body(self) -> str:
        """Return the alert as plain text."""
        return "\n".join(self._lines())

    @property
    def facts(self) -> dict[str, str]:
        """Return the parts of the body by name, for programs."""
        found = {name: str(value) for name in FACTS if (value := getattr(self, name))}
        found["cause"] = unrendered(self.cause)
        return {name: "\n".join(_shorten(value.splitlines())) for name, value in found.items()}

    def _lines(self) -> Iterator[str]:
        for name in ("run_id", "folder", "host", "level", "trigger", "stage"):
            if value := getattr(self, name):
                yield _escape(f"{name.replace('_', ' ').capitalize()}: {value}")
        yield ""
        yield from _shorten(unrendered(self.cause).splitlines())
        yield ""
        yield _escape(f"Safe: {self.safe}")
        if self.command:
            yield _escape(f"Resume with: {self.command}")
        if self.details:
            yield ""
            yield from _shorten(map(unrendered, self.details))


def level_of(trigger: Trigger, triggers: TriggersSection) -> Level | None:
    """Return the configured level of a trigger, or None if nobody is to be notified."""
    level: Level | None = getattr(triggers, trigger)
    return level


def is_at_least(level: Level, least: Level) -> bool:
    """Return whether a level is at least as high as another one."""
    return LEVELS.index(level) >= LEVELS.index(least)


def unrendered(text: str) -> str:
    """Return a text in which no channel recognises a link or a mention."""
    for pattern, written in _RENDERED:
        text = pattern.sub(written, text)
    return _BEGINNING.sub(_without_host, text)


def _without_host(beginning: re.Match[str]) -> str:
    """Return the beginning of a word with its dots broken up, if a path or a port follows them."""
    has_end = beginning[0][-1] in "/?#\\" or _PORT.search(beginning[0]) is not None
    return _DOT.sub("[.]", beginning[0]) if has_end else beginning[0]


def _shorten(lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    yield from map(_escape, listed[:MAX_LINES])
    if len(listed) > MAX_LINES:
        yield f"and {len(listed) - MAX_LINES} more lines"


def _escape(line: str) -> str:
    """Return a line of bounded length that cannot break, move a cursor or reverse the reading direction."""
    return printable(line[:MAX_LINE]) + ("…" if len(line) > MAX_LINE else "")
