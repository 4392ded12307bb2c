"""Cut what a model is to read into pieces that it can answer for, at the ends of paragraphs and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_ENDS = ("\n\n", "\n", ". ", " ")
"""Where a text may be cut, the best first."""

_BETWEEN = "\n\n"


def pack(texts: Iterable[str], max_chars: int) -> list[str]:
    """Return texts in their order, short ones put together and long ones cut, none longer than asked."""
    packed: list[str] = []
    for piece in (piece for text in texts for piece in _cut(text.strip(), max_chars)):
        if packed and len(packed[-1]) + len(_BETWEEN) + len(piece) <= max_chars:
            packed[-1] += _BETWEEN + piece
        else:
            packed.append(piece)
    return packed


def halve(text: str) -> tuple[str, ...]:
    """Return a text in two pieces of about the same size; in one, or none, if it is too short for that."""
    at = _find_end(text, len(text) // 4, 3 * len(text) // 4, len(text) // 2)
    return tuple(piece for piece in (text[:at].strip(), text[at:].strip()) if piece)


def _cut(text: str, max_chars: int) -> Iterator[str]:
    while len(text) > max_chars:
        at = _find_end(text, max_chars // 2, max_chars, max_chars)
        yield text[:at].strip()
        text = text[at:].strip()
    if text:
        yield text


def _find_end(text: str, first: int, last: int, wanted: int) -> int:
    """Return the best place to cut between two positions, as near as possible to a wanted one."""
    for end in _ENDS:
        before, after = text.rfind(end, first, wanted), text.find(end, wanted, last)
        places = [place + len(end) for place in (before, after) if place >= 0]
        if places:
            return min(places, key=lambda place: abs(place - wanted))
    return wanted
