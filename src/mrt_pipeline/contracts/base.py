"""The common base of all records that cross a boundary."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """An immutable record that knows all of its fields: an unknown one is an error, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # most are parts of others
