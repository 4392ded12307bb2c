"""Read legends, in which a page explains its codes and signs: `L = lift, WC = accessible toilet`."""

from __future__ import annotations

import re

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.page_model import Block, Line, PageText, Table

_SIGN_MARK = r"[^\w\s=,;:.()（）\[\]\"'“”‘’|¦/&†‡*–—-]"
_SIGN = rf"{_SIGN_MARK}\ufe0f?"
_ENTRY = re.compile(
    rf"(?<![^\s,;:.(（\[|¦])(?P<code>[A-Z]{{1,3}}|{_SIGN}|[–—-])"
    r"\s*(?:=|\bstands? for\b|\bmeans?\b)\s*(?P<words>[^,;.=()（）\n|¦]+)"
)
_BESIDE = re.compile(
    rf"(?P<sign>{_SIGN})\s*(?P<words>[^,;.()（）\n|¦]*)"
    rf"|(?:^|(?<=[,;.()（）\n|¦\ufe0f])|(?<={_SIGN_MARK}))"
    rf"(?P<lead>[^,;.()（）\n|¦]+?)\s*[:：=–—-]\s*(?P<behind>{_SIGN})"
)
"""a sign before or after its explanation: `● denotes planned`, `Planned: ●`; it begins a clause"""


def read_legend(page: PageText) -> dict[str, str]:
    """Return the words that the codes and signs of a page stand for.

    A code with two explanations, or a sign beside words about other times, maps to an empty string.
    """
    found: dict[str, set[str]] = {}
    for block in page.blocks:
        words = _words_of(page, block)
        for match in _ENTRY.finditer(words):
            found.setdefault(match["code"], set()).add(match["words"].strip())
        for match in _BESIDE.finditer(words):
            if is_not_now(match["words"] or match["lead"] or ""):
                found.setdefault(match["sign"] or match["behind"], set()).add("")
    return {code: words.pop() if len(words) == 1 else "" for code, words in found.items()}


def _words_of(page: PageText, block: Block) -> str:
    """Return the words of a block that may contain a legend: a line, or a table's caption."""
    piece = block.caption if isinstance(block, Table) else block.piece if isinstance(block, Line) else None
    return page.words(piece) if piece else ""
