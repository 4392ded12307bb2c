"""The common base of all records that cross a boundary.

No module of this package postpones its annotations: pydantic would compile each from its text at every start,
which took a twentieth of a run.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

_given: dict[frozenset[str], set[str]] = {}
"""each set of fields that records were made with, once"""


class Record(BaseModel):
    """An immutable record; an unknown field is an error.

    A dataset has a hundred records a station. As pydantic leaves one, its set of given fields and its
    dictionary take more memory than its values do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # most are parts of others

    def model_post_init(self, _context: Any, /) -> None:
        """Share the set of given fields and the names of all fields with other records of this kind."""
        self._share()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, with some fields changed, that shares the same."""
        copied = super().model_copy(update=update, deep=deep)
        copied._share()
        return copied

    def _share(self) -> None:
        given, values = self.__pydantic_fields_set__, self.__dict__
        object.__setattr__(self, "__pydantic_fields_set__", _given.setdefault(frozenset(given), given))
        object.__delattr__(self, "__dict__")  # Python's own dictionaries of attributes share their keys
        for name, value in values.items():
            object.__setattr__(self, name, value)
