from __future__ import annotations

import csv
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import UsageError
from mrt_pipeline.exports import foreign_feed
from mrt_pipeline.exports.foreign_feed import RawTable, unpack

CELLS = st.text(st.sampled_from('ab,"\r\n é🚇'), max_size=4)


def _zip(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def _write(rows: list[list[str]], end: str) -> bytes:
    """Return a table; where a line ends in one byte, all is quoted: the writer would let the other be."""
    text = io.StringIO(newline="")
    csv.writer(
        text, lineterminator=end, quoting=csv.QUOTE_ALL if end == "\n" else csv.QUOTE_MINIMAL
    ).writerows(rows)
    return text.getvalue().encode()


ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4)
TABLES = st.builds(_write, ROWS, st.sampled_from(["\n", "\r\n"]))


@given(TABLES, st.booleans(), st.booleans())
def test_a_table_is_written_as_it_was_read(content: bytes, is_cut: bool, has_mark: bool) -> None:
    whole = (b"\xef\xbb\xbf" if has_mark else b"") + b"x,y\n" + content
    whole = whole.rstrip(b"\r\n") if is_cut else whole
    assert bytes(RawTable.read("t", whole)) == whole


@given(TABLES, CELLS, CELLS)
def test_only_the_cells_that_are_named_change(content: bytes, value: str, new: str) -> None:
    table = RawTable.read("t", b"x,y\r\n" + content)
    before = dict(table.records())
    at = min(before, default=None)
    changed = table.changed("z", {} if at is None else {at: value}, [{"y": new}])
    told = [record for _, record in RawTable.read("t", bytes(changed)).records()]
    expected = [{**record, "z": value if place == at else ""} for place, record in before.items()]
    assert told == [*expected, {"x": "", "y": new, "z": ""}]


def test_a_row_is_added_with_the_line_ends_of_the_table() -> None:
    table = RawTable.read("t", b'\xef\xbb\xbfx,"y"\r\n1,"a ""b"""')
    assert bytes(table.changed("y", {}, [{"x": "2", "y": "c,d"}])) == (
        b'\xef\xbb\xbfx,"y"\r\n1,"a ""b"""\r\n2,"c,d"\r\n'
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'x,y\n1,"open', "row 2 is not CSV"),
        (b'x,y\n1,a"b', "row 2 is not CSV"),
        (b"x,y\n1\n", "row 2 has 1 cell; expected 2"),
        (b"x,y\n1,\xff\n", "expected UTF-8"),
    ],
)
def test_what_is_no_table_is_refused_with_its_row(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        list(RawTable.read("t", content).records())


def test_files_are_unpacked_in_their_order() -> None:
    assert list(unpack("f", _zip(("b.txt", b"2"), ("a.txt", b"1"))).items()) == [
        ("b.txt", b"2"),
        ("a.txt", b"1"),
    ]


def _encrypted() -> bytes:
    content = bytearray(_zip(("a.txt", b"1")))
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + flags] |= 1
    return bytes(content)


def _damaged() -> bytes:
    content = bytearray(_zip(("a.txt", b"123"), method=zipfile.ZIP_STORED))
    content[content.index(b"123")] ^= 1
    return bytes(content)


def _understated() -> bytes:
    """Return an archive whose file is said to be smaller than it is."""
    content = bytearray(_zip(("a.txt", bytes(4096))))
    place = content.index(b"PK\1\2") + 24
    content[place : place + 4] = struct.pack("<I", 8)
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"no zip", "is not a zip archive"),
        (_encrypted, "cannot be unpacked"),
        (_damaged, "cannot be unpacked"),
        (_understated, "cannot be unpacked"),
        (lambda: _zip(("../stops.txt", b"")), r"a file '\.\./stops\.txt'"),
        (lambda: _zip(("a/stops.txt", b"")), "a file 'a/stops.txt'"),
        (lambda: _zip(("a" * 65, b"")), "a file 'aaa"),
        (lambda: _zip(*((f"f{number}", b"") for number in range(65))), "65 files; expected at most 64"),
        (lambda: _zip(("a", bytes(600)), ("b", bytes(600))), "more when unpacked"),
        (lambda: _zip(("a.txt", bytes(range(256)) * 8), method=zipfile.ZIP_STORED), "bytes; expected"),
    ],
)
def test_an_archive_that_is_hostile_or_damaged_is_refused(
    make: Callable[[], bytes], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign_feed, "MAX_UNPACKED_BYTES", 1000)
    monkeypatch.setattr(foreign_feed, "MAX_BYTES", 2000 if "bytes; " in said else 2**20)
    with pytest.raises(UsageError, match=said):
        unpack("feed.zip", make())


def test_no_more_of_a_file_is_unpacked_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_feed, "MAX_UNPACKED_BYTES", 1000)
    bomb = _zip(("a.txt", bytes(30_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(UsageError, match="more when unpacked"):
            unpack("feed.zip", bomb)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 3_000_000


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match=r"each file once"):
        unpack("feed.zip", _zip(("stops.txt", b"1"), ("stops.txt", b"2")))
