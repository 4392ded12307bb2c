"""Counts in sentences: ``1 station is``, ``2 stations are``."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: float, noun: str) -> str:
    """Return a whole number with its noun; give the noun in the singular, its plural ends in s."""
    return f"{number:,.0f} {noun if number == 1 else f'{noun}s'}"


def in_days(days: int) -> str:
    """Return a span of days: ``1 day``, ``2,097 days``."""
    return f"{days:,} {'day' if days == 1 else 'days'}"


def age_on(day: object, days: int) -> str:
    """Return how old something is on a day: ``3 days old``; if negative, ``3 days after 2026-11-23``."""
    return f"{in_days(-days)} after {day}" if days < 0 else f"{in_days(days)} old"


def listed(names: Iterable[object], most: int) -> str:
    """Return at most this many names, and the number of the others: ``A, B and 3 more``."""
    known = [str(name) for name in names]
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")


def joined(names: Iterable[object], conjunction: str) -> str:
    """Return names as part of a sentence: ``A, B and C`` with the conjunction ``and``."""
    *others, last = map(str, names)
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def past_verb_of(number: float) -> str:
    """Return ``was`` for 1, otherwise ``were``."""
    return "was" if number == 1 else "were"


def verb_of(number: float) -> str:
    """Return ``is`` for 1, otherwise ``are``."""
    return "is" if number == 1 else "are"
