"""Numbers of things in sentences: ``1 station is``, ``2 stations are``."""

from __future__ import annotations


def counted(number: float, noun: str) -> str:
    """Return a whole number with its noun, given in the singular; its plural ends in s."""
    return f"{number:.0f} {noun if number == 1 else f'{noun}s'}"


def days_apart(days: int) -> str:
    """Return how long before a day something was, after it if the number is negative: ``3 days after``."""
    return f"{counted(abs(days), 'day')} {'after' if days < 0 else 'before'}" if days else "the same day"


def verb_of(number: float) -> str:
    """Return ``is`` for one thing, else ``are``."""
    return "is" if number == 1 else "are"
