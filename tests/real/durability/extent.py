"""How many of the moments at which a run can break are tried.

``make durability`` tries them all, which keeps two processors busy for most of an hour. ``make real`` runs
for every commit and tries a share of them, evenly spread.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

IS_WHOLE = os.environ.get("DURABILITY") == "whole"


def spread(cases: Sequence[int], nth: int) -> Sequence[int]:
    """Return every ``nth`` case, or all of them if the tests are to be whole."""
    return cases if IS_WHOLE else cases[::nth]
