"""Zip archives and CSV tables whose bytes depend on their content alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""the first moment that a zip archive can tell"""
_UNIX = 3
_READABLE = 0o100644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of some files in their order.

    They are stored as they are: compressed, they would differ with the version of zlib, and no secret in
    them could be found by what looks for one in each file that is written (``runtime/files.py``).
    """
    import zipfile  # here, because every start of the program lists the formats

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_STORED
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, content)
    return packed.getvalue()


def to_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as RFC 4180 has it, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()
