"""Text as it is gathered from a page's elements: one line, clean, with the places of its links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mrt_pipeline.extraction.invisible import is_invisible
from mrt_pipeline.extraction.page_model import ITEM_BREAK, NOTE

MAX_WORDS_CHARS = 4000
"""A longer cell or paragraph is cut, at a point where no name is cut."""

_SAFE_CUT = re.compile(r"[;.。；](?=\s|$)")
_PLAIN = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""letters and digits that are as wide as Chinese ones, and mean what the usual ones do: `Ａ`, `１`"""
_OPENERS = (":", "：", "(", "（", "-", "–", "—")


@dataclass(slots=True)
class Words:
    """One line of text under construction; white space is collapsed, invisible characters are left out."""

    text: str = ""
    links: list[tuple[int, int]] = field(default_factory=list)
    has_gap: bool = False
    """whether words that may be a label were left out of it"""
    _open_link: int | None = None
    _is_cut: bool = False
    _is_broken: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to read."""
        return not self.text

    def add(self, raw: str | None) -> None:
        """Append text as the page has it."""
        if not raw or self._is_cut:
            return
        words = _clean(raw[: 2 * MAX_WORDS_CHARS])
        if self._is_broken and words.strip():
            self._write_break()
        if not self.text or self.text.endswith(" "):
            words = words.lstrip(" ")
        self.text += words
        if len(self.text) > MAX_WORDS_CHARS or len(raw) > 2 * MAX_WORDS_CHARS:
            self._cut()

    def break_item(self) -> None:
        """Let what follows begin as a new item."""
        self._is_broken = bool(self.text.strip())

    def open_link(self) -> None:
        """Let a link begin here."""
        if self._is_broken:
            self._write_break()
        self._open_link = len(self.text)

    def close_link(self) -> None:
        """Let the link end here."""
        start, self._open_link = self._open_link, None
        if start is None or self._is_cut:
            return
        words = self.text[start:]
        start += len(words) - len(words.lstrip(" "))
        end = len(self.text.rstrip(" "))
        if start < end:
            self.links.append((start, end))

    def finish(self) -> Words:
        """Return the words without white space around them."""
        self.text = self.text.rstrip(" ;") or (NOTE if self.has_gap else "")
        end = len(self.text)
        self.links = [(start, min(stop, end)) for start, stop in self.links if start < end]
        return self

    def _write_break(self) -> None:
        self.text = self.text.rstrip(" ")
        self._is_broken = False
        self.text += " " if self.text.endswith((*_OPENERS, ";", "；")) else ITEM_BREAK

    def _cut(self) -> None:
        """Cut after the last whole item or sentence, so that no name or code is cut in two."""
        self._is_cut = True
        ends = [match.start() for match in _SAFE_CUT.finditer(self.text, 0, MAX_WORDS_CHARS)]
        self.text = self.text[: ends[-1]] if ends else ""
        self.links = [link for link in self.links if link[1] <= len(self.text)]


def _clean(raw: str) -> str:
    """Return text without invisible characters or wide letters, white space collapsed, and no cell break."""
    seen = "".join(
        " " if char.isspace() else char for char in raw if char.isspace() or not is_invisible(char)
    )
    return re.sub(" +", " ", seen).replace("|", "¦").translate(_PLAIN)
