"""Legends: what a page says that its codes and signs stand for: `L = lift, WC = accessible toilet`."""

from __future__ import annotations

import re

from mrt_pipeline.extraction.page_model import Line, PageText, Table

_ENTRY = re.compile(
    r"(?<![^\s,;:.(（\[|¦])(?P<code>[A-Z]{1,3}|[^\w\s=,;:.()（）\[\]\"'“”‘’|¦/&-]\ufe0f?)"
    r"\s*(?:=|\bstands? for\b|\bmeans?\b)\s*(?P<words>[^,;.=()（）\n|¦]+)"
)


def read_legend(page: PageText) -> dict[str, str]:
    """Return what the codes and signs of a page stand for; one that stands for two things, for nothing."""
    found: dict[str, set[str]] = {}
    for block in page.blocks:
        piece = (
            block.caption if isinstance(block, Table) else block.piece if isinstance(block, Line) else None
        )
        for match in _ENTRY.finditer(page.words(piece)) if piece else ():
            found.setdefault(match["code"], set()).add(match["words"].strip())
    return {code: words.pop() if len(words) == 1 else "" for code, words in found.items()}
