"""How many of the moments at which a run can be interrupted are tested.

``make durability`` tests them all, which keeps two processors busy for most of an hour. ``make real`` runs
for every commit and tests an evenly spread share of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

IS_WHOLE = os.environ.get("DURABILITY") == "whole"


def spread(cases: Sequence[int], nth: int) -> Sequence[int]:
    """Return every ``nth`` case, or all if the tests are to be complete."""
    return cases if IS_WHOLE else cases[::nth]
