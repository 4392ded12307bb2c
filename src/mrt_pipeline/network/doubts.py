"""Facts about exits that are uncertain although the dataset has to decide (``doubts.csv``).

Nothing that guides a person may be based on such a decision: an exit whose building is a judgement takes no
claim that names its label, and a station that may have further exits has no only one. Last looked at on
2026-11-30.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("doubts.csv")
BUILDING = "building"
FURTHER_EXITS = "further_exits"


def find_doubt_of_building(slug: str, exit_code: str) -> str | None:
    """Return why it is uncertain which building of a station an exit with this label belongs to, or None."""
    return _load().get((slug, exit_code, BUILDING))


def may_have_further_exits(slug: str) -> bool:
    """Return whether a station may have exits that are missing from LTA's exit dataset."""
    return (slug, "", FURTHER_EXITS) in _load()


def find_ineffective_doubts(rows: Iterable[Mapping[str, str]], slugs: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each row of the table that has no effect because of a spelling mistake.

    Whether a building has an exit with such a label is known only from LTA's exit dataset.
    """
    for row in rows:
        named = f"doubts.csv: {row['slug']},{row['exit_code']},{row['doubt']}"
        if row["slug"] not in slugs:
            yield f"{named} names no station of stations.csv"
        if (row["doubt"], bool(row["exit_code"])) not in ((BUILDING, True), (FURTHER_EXITS, False)):
            yield f"{named} is neither {BUILDING} with an exit's label nor {FURTHER_EXITS} without one"


@cache
def _load() -> dict[tuple[str, str, str], str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["slug"], row["exit_code"], row["doubt"]): row["reason"] for row in csv.DictReader(file)}
