"""The common base of all records that cross a boundary.

No module in this package postpones its annotations: pydantic would compile each from its text at every start,
which took a twentieth of a run.
"""

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

_given: dict[frozenset[str], set[str]] = {}
"""each set of given fields, once"""
_values_of: dict[type, dict[str, Any]] = {}
"""the attributes of one record of each type; a copy of such a dictionary shares its keys"""


def _refuse_ends_of_calendar(moment: datetime) -> datetime:
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError(f"{moment.isoformat()} cannot be used; expected a year from 2 to 9998")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_refuse_ends_of_calendar)]
"""a time with its offset that exists in every other time zone too"""


class Record(BaseModel):
    """An immutable record; an unknown field is an error.

    A dataset has about a hundred records per station. As pydantic creates them, a record's set of given
    fields and its dictionary take more memory than its values, so records of one type share them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # most are parts of others

    def model_post_init(self, _context: Any, /) -> None:
        """Share the set of given fields and the names of all fields with other records of this type."""
        given, values, kind = self.__pydantic_fields_set__, self.__dict__, type(self)
        alike = _values_of.get(kind) or _values_of.setdefault(kind, _put_one_by_one(self))
        shared = alike.copy()
        shared.update(values)
        object.__setattr__(self, "__pydantic_fields_set__", _given.setdefault(frozenset(given), given))
        object.__setattr__(self, "__dict__", shared)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed, which shares the same."""
        copied = super().model_copy(update=update, deep=deep)
        copied.model_post_init(None)
        return copied


def _put_one_by_one(record: Record) -> dict[str, Any]:
    """Set a record's values one by one, so that Python shares their keys with copies, and return them."""
    values = record.__dict__
    object.__delattr__(record, "__dict__")
    for name, value in values.items():
        object.__setattr__(record, name, value)
    return record.__dict__
