"""Read a third-party GTFS feed within bounds, and write it with every unchanged byte preserved.

The archive may be hostile: its size and the number, names and sizes of its files are limited, and the sizes
declared in its entries are not trusted.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.errors import UsageError

MAX_BYTES = 64 * 2**20
"""of the archive"""
MAX_FILES = 64
MAX_UNPACKED_BYTES = 512 * 2**20
"""of all files together"""
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_CELL = re.compile(rb'("[^"]*(?:""[^"]*)*"|[^",\r\n]*)(,|\r\n|\r|\n|\Z)')
_BOM = b"\xef\xbb\xbf"
_TO_QUOTE = re.compile(r'[",\r\n]')


def unpack(name: str, content: bytes) -> dict[str, bytes]:
    """Return the files of an archive in order.

    Args:
        name: name of the archive in messages.
        content: its bytes.

    Raises:
        UsageError: if it is not a sound zip archive, or exceeds a bound.
    """
    import zipfile  # imported here, because every start of the program lists the formats

    if len(content) > MAX_BYTES:
        raise _too_much(name, f"{len(content)} bytes", f"at most {MAX_BYTES}")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise UsageError(f"{name} is not a zip archive. Download it again.")
    files: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_FILES:
                raise _too_much(name, f"{len(entries)} files", f"at most {MAX_FILES}")
            for entry in entries:
                if not _FILE_NAME.fullmatch(entry.filename) or entry.filename in files:
                    raise _too_much(name, f"a file {entry.filename!r}", "each file once, and no folders")
                with archive.open(entry) as file:
                    files[entry.filename] = file.read(left + 1)
                left -= len(files[entry.filename])
                if left < 0:
                    raise _too_much(name, "more when unpacked", f"at most {MAX_UNPACKED_BYTES} bytes")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise UsageError(f"{name} cannot be unpacked ({error}). Download it again.") from error
    return files


def _too_much(name: str, found: str, expected: str) -> UsageError:
    return UsageError(f"{name} contains {found}; expected {expected}. Specify a feed as LTA publishes it.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was written: the bytes of its cells, including quotes, and its line ending."""

    cells: tuple[bytes, ...]
    end: bytes

    @property
    def is_blank(self) -> bool:
        """Return whether it is an empty line."""
        return self.cells == (b"",)

    def __bytes__(self) -> bytes:
        """Return the bytes it was read from."""
        return b",".join(self.cells) + self.end


@dataclass(frozen=True, slots=True)
class RawTable:
    """A CSV table whose cells can be changed without changing any other byte."""

    name: str
    head: Row
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, name: str, content: bytes) -> RawTable:
        """Return the table in a file.

        Raises:
            UsageError: if it is not CSV in UTF-8, or a row has another number of cells than the first.
        """
        head, *rows = _split(name, content)
        table = cls(name, head, tuple(rows))
        columns = table.columns
        for number, row in enumerate(rows, 2):
            if not row.is_blank and len(row.cells) != len(columns):
                raise UsageError(
                    f"{name}, row {number} has {counted(len(row.cells), 'cell')}; "
                    f"expected {len(columns)}, as in the first."
                )
        return table

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        first, *others = self.head.cells
        return tuple(_text(self.name, cell) for cell in (first.removeprefix(_BOM), *others))

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the position and the cell texts of each row that is not blank."""
        columns = self.columns
        for position, row in enumerate(self.rows):
            if not row.is_blank:
                texts = (_text(self.name, cell) for cell in row.cells)
                yield position, dict(zip(columns, texts, strict=True))

    def changed(self, column: str, values: Mapping[int, str], added: Sequence[Mapping[str, str]]) -> RawTable:
        """Return the table with changed values in a column, which is added if missing, and with more rows.

        Args:
            column: name of the column.
            values: new values by row position.
            added: rows to add, by column name; columns not named stay empty.
        """
        table = self if column in self.columns else self._widened(column)
        place = table.columns.index(column)
        rows = [
            Row((*row.cells[:place], _cell(values[at]), *row.cells[place + 1 :]), row.end)
            if at in values
            else row
            for at, row in enumerate(table.rows)
        ]
        end = self.head.end or b"\r\n"
        if added and rows and not rows[-1].end:
            rows[-1] = Row(rows[-1].cells, end)
        rows += [Row(tuple(_cell(record.get(name, "")) for name in table.columns), end) for record in added]
        return RawTable(self.name, table.head, tuple(rows))

    def _widened(self, column: str) -> RawTable:
        rows = (row if row.is_blank else Row((*row.cells, b""), row.end) for row in self.rows)
        return RawTable(self.name, Row((*self.head.cells, column.encode()), self.head.end), tuple(rows))

    def __bytes__(self) -> bytes:
        """Return the bytes of the file."""
        return b"".join(map(bytes, (self.head, *self.rows)))


def _split(name: str, content: bytes) -> Iterator[Row]:
    cells: list[bytes] = []
    place = number = 0
    while True:
        found = _CELL.match(content, place)
        if found is None:
            raise UsageError(f"{name}, row {number + 1} is not CSV: a quotation mark is out of place.")
        cell, end = found.groups()
        cells.append(cell)
        place = found.end()
        if end == b",":
            continue
        yield Row(tuple(cells), end)
        cells, number = [], number + 1
        if place == len(content):
            return


def _text(name: str, cell: bytes) -> str:
    try:
        text = cell.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} holds {cell[:40]!r}; expected UTF-8.") from error
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _cell(text: str) -> bytes:
    quoted = '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text
    return quoted.encode()
