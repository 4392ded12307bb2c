"""The common base of all records that cross a boundary.

No module of this package postpones its annotations: pydantic would compile each from its text at every start,
which took a twentieth of a run.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

_given: dict[frozenset[str], set[str]] = {}
"""each set of fields that a record was made with, to be shared by all such records"""


class Record(BaseModel):
    """An immutable record; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # most are parts of others

    def model_post_init(self, _context: Any, /) -> None:
        """Share the set of the fields that were given: one for each record was a third of a dataset's memory."""
        given = self.__pydantic_fields_set__
        object.__setattr__(self, "__pydantic_fields_set__", _given.setdefault(frozenset(given), given))
