"""Numbers of things in sentences: ``1 station is``, ``2 stations are``."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: float, noun: str) -> str:
    """Return a whole number with its noun, given in the singular; its plural ends in s."""
    return f"{number:.0f} {noun if number == 1 else f'{noun}s'}"


def days_apart(days: int) -> str:
    """Return how long before a day something was, after it if the number is negative: ``3 days after``."""
    return f"{counted(abs(days), 'day')} {'after' if days < 0 else 'before'}" if days else "the same day"


def listed(names: Iterable[object], most: int) -> str:
    """Return the first so many names, and how many there are besides: ``A, B and 3 more``."""
    known = [str(name) for name in names]
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")


def verb_of(number: float) -> str:
    """Return ``is`` for one thing, else ``are``."""
    return "is" if number == 1 else "are"
