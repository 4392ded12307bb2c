"""Zip archives and CSV tables whose bytes depend only on their content."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""the earliest time that a zip archive can represent"""
_UNIX = 3
_READABLE = 0o100644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files in the given order.

    They are stored uncompressed: compressed, they would depend on the version of zlib, and the search for
    secrets in every file that is written (``runtime/files.py``) would not find any in them.
    """
    import zipfile  # imported here, because every start of the program lists the formats

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_STORED
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return packed.getvalue()


def to_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table in the format of RFC 4180, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()
