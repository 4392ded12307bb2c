"""Which tags of an entrance may restrict that it is tagged ``wheelchair=yes``.

Anybody may make up a tag, so those that restrict nothing are listed here, and any other may restrict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

_NAMES = "name|ref|operator|network|wikidata|wikipedia|addr|destination|source|check_date|survey"
_HARMLESS = re.compile(
    rf"(?:{_NAMES})(?::[\w:-]+)?|(?:alt|int|loc|local|official|old|short)_(?:name|ref)|wheelchair|level|layer"
    r"|colou?r|direction|exit_to|website|url|image|mapillary|created_by|public_transport|station|subway|train"
    r"|light_rail|monorail|bus|bicycle|lit|indoor|covered|shelter|tactile_paving|automatic_door|escalator"
)
_YES = frozenset({"yes"})
_HARMLESS_VALUES: Mapping[str, frozenset[str]] = {
    "railway": frozenset({"subway_entrance", "train_station_entrance"}),
    "entrance": frozenset({"yes", "main"}),
    "access": frozenset({"yes", "permissive", "public"}),
    "foot": frozenset({"yes", "designated", "permissive"}),
    "highway": frozenset({"elevator"}),
    **dict.fromkeys(("elevator", "lift", "ramp", "ramp:wheelchair", "step_free"), _YES),
    **dict.fromkeys(("disused", "abandoned", "construction", "proposed", "stairs"), frozenset({"no"})),
}
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_LAST_DAY = "0000-12-31"


def find_restriction(tags: Mapping[str, object], as_of: date) -> str | None:
    """Return the first tag that may restrict access on a day; none if none may."""
    return next((key for key, value in tags.items() if _may_restrict(key, value, tags, as_of)), None)


def _may_restrict(key: str, value: object, tags: Mapping[str, object], as_of: date) -> bool:
    if not isinstance(value, str):
        return True
    if key == "start_date":
        latest = value + _LAST_DAY[len(value) :]
        return not _DAY.fullmatch(value) or latest > as_of.isoformat()
    if key == "stairs" and tags.get("elevator") == "yes":
        return False
    return not _HARMLESS.fullmatch(key) and value not in _HARMLESS_VALUES.get(key, ())
