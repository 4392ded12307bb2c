"""The body of an answer, decompressed and known to be whole.

The HTTP library takes what it gets of a gzip body: of one that was cut, the beginning, and of two in a row
(a cache that has doubled one) the first. Either would be an answer with records missing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx2

STEP_BYTES = 2**20
"""so much is decompressed at a time: a small body may hold gigabytes"""


def iter_whole(response: httpx2.Response) -> Iterator[bytes]:
    """Yield a body's bytes in parts.

    Raises:
        httpx2.DecodingError: if it is none of its Content-Encoding, or a gzip body that is not exactly one.
    """
    if response.headers.get("content-encoding", "").strip().lower() != "gzip":
        yield from response.iter_bytes()
        return
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    is_empty = True
    for raw in response.iter_raw():
        is_empty = is_empty and not raw
        yield from _unpack(unpacker, raw)
        if unpacker.unused_data:
            raise httpx2.DecodingError("more data follows its end")
    if not (unpacker.eof or is_empty):
        raise httpx2.DecodingError("it ends too soon")


def _unpack(unpacker: zlib._Decompress, raw: bytes) -> Iterator[bytes]:
    part = b"?"
    while raw or len(part) == STEP_BYTES:  # some of it may be kept back, though all has been taken in
        try:
            part = unpacker.decompress(raw, STEP_BYTES)
        except zlib.error as error:
            raise httpx2.DecodingError(str(error)) from error
        yield part
        raw = unpacker.unconsumed_tail
