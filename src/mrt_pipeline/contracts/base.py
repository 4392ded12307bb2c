"""The common base of all records that cross a boundary.

No module in this package postpones its annotations: pydantic would compile each from its text at every start,
which took a twentieth of a run.
"""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """An immutable record; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # most are parts of others
