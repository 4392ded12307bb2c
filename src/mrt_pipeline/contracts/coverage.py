"""Coverage: for each enriched field, the share of exits that have it."""

from collections.abc import Iterable

from pydantic import Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.fields import COVERED
from mrt_pipeline.contracts.network import Station, index_platforms

THIN = 0.5
"""below this share a dataset must not look complete"""


class FieldCoverage(Record):
    """How many exits have a value in a field."""

    filled: int = Field(ge=0)
    total: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    """``filled`` of ``total``, to four decimals; 0 when there is no exit"""

    @property
    def unknown(self) -> int:
        """Return how many exits have no value in the field."""
        return self.total - self.filled

    @property
    def is_thin(self) -> bool:
        """Return whether most exits, or all, lack it."""
        return self.share < THIN


def measure_coverage(stations: Iterable[Station]) -> dict[str, FieldCoverage]:
    """Return the coverage of each enriched field over all exits of some stations."""
    listed = list(stations)
    platforms = index_platforms(listed)
    exits = [found for station in listed for found in station.exits]
    return {
        field.name: _measure(sum(field.is_filled_in(found, platforms) for found in exits), len(exits))
        for field in COVERED
    }


def _measure(filled: int, total: int) -> FieldCoverage:
    return FieldCoverage(filled=filled, total=total, share=round(filled / total, 4) if total else 0.0)
