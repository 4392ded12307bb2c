"""Read the tables of a zip file row by row, within bounds and in memory.

What a file claims about itself is checked before anything is unpacked: the number of its members, their sizes
and how far they are compressed. Python's ``zipfile`` never returns more bytes of a member than it claims, and
checks them against its checksum at the end.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.records import show

MAX_MEMBERS = 64
MAX_MEMBER_BYTES = 128 * 2**20
"""unpacked; stop_times.txt had about 20 MB in September 2026"""
MAX_ALL_BYTES = 256 * 2**20
MAX_RATIO = 200
MAX_ROWS = 2_000_000
"""in one table; stop_times.txt had 333,262 in September 2026"""
_ENTRY = b"PK\x01\x02"
"""how each entry of the list of members begins"""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
"""bit of a member's flags"""
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, csv.Error)
"""exceptions that the libraries raise for a damaged file; ``ValueError`` includes invalid UTF-8"""


class Archive:
    """A zip file of CSV tables, as GTFS is published."""

    def __init__(self, content: bytes, document_id: str) -> None:
        """Check what the file claims to hold.

        Raises:
            SourceFormatError: if it is not a zip file, or exceeds a bound.
        """
        self._document_id = document_id
        if (listed := content.count(_ENTRY)) > MAX_MEMBERS:  # a million of them fill the memory
            raise self._fault(f"the zip file lists {listed} members; expected at most {MAX_MEMBERS}")
        with self._translated("the file"):
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        members = self._zip.infolist()
        names = [member.filename for member in members]
        all_bytes = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS or all_bytes > MAX_ALL_BYTES or len(set(names)) < len(names):
            raise self._fault(
                f"the zip file has {len(members)} members of {all_bytes} bytes, or one twice; expected at "
                f"most {MAX_MEMBERS} different ones of {MAX_ALL_BYTES}"
            )
        for member in members:
            self._check(member)

    def rows(self, name: str, needed: Sequence[str], optional: Sequence[str] = ()) -> Iterator[list[str]]:
        """Yield the cells of the named columns, row by row, in the order of the names.

        Args:
            name: the table's file.
            needed: columns that it must have.
            optional: columns whose cells are empty if the table does not have them.

        Raises:
            SourceFormatError: if there is no such table, or it is damaged or too long.
        """
        if name not in self._zip.namelist():
            raise self._fault(f"the zip file has no {name}")
        with self._translated(name), self._zip.open(name) as packed:
            lines = io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
            table = csv.reader(lines, strict=True)
            head = [cell.strip() for cell in next(table, [])]
            if missing := [column for column in needed if column not in head]:
                raise self._fault(f"{name} has no column {missing[0]}")
            places = [head.index(column) if column in head else len(head) for column in (*needed, *optional)]
            for number, row in enumerate(table, start=1):
                if number > MAX_ROWS:
                    raise self._fault(f"{name} has more than {MAX_ROWS} rows")
                if row:
                    row[len(head) :] = [""] * max(1, len(head) + 1 - len(row))  # cells of missing columns
                    yield [row[place] for place in places]

    def _check(self, member: zipfile.ZipInfo) -> None:
        is_bomb = member.file_size > MAX_RATIO * max(member.compress_size, 1)
        if is_bomb or member.file_size > MAX_MEMBER_BYTES:
            raise self._fault(
                f"{show(member.filename)} unpacks from {member.compress_size} to {member.file_size} bytes; "
                f"expected at most {MAX_MEMBER_BYTES}, and {MAX_RATIO} times as many as packed"
            )
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
            raise self._fault(f"{show(member.filename)} is encrypted or packed in a way that is not read")

    def _fault(self, what: str) -> SourceFormatError:
        return SourceFormatError(self._document_id, f"{what}. Run again later.")

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except _FAULTS as error:
            raise self._fault(
                f"{what} is damaged, cut off or no table in a zip file ({type(error).__name__})"
            ) from error
