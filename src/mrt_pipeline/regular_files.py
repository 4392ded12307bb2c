"""Read files that anybody may have created: bounded, and without waiting.

A pipe, a device or a folder with a file's name would make a program wait for ever, or read until its memory
is full. This module is below everything that reads files, because the configuration is one of them.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

MAX_FILE_BYTES = 256 * 2**20
"""a dataset of Singapore's network has 2 MiB"""
BLOCK_BYTES = 2**20


def read_regular_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return a file's content.

    Args and errors are those of ``read_blocks``.
    """
    content = io.BytesIO()  # to join the blocks would hold them twice
    content.writelines(read_blocks(path, max_bytes))
    return content.getvalue()


def read_blocks(path: Path, max_bytes: int = MAX_FILE_BYTES) -> Iterator[bytes]:
    """Yield a file's content in blocks, without taking the memory for more than one first.

    Args:
        path: path of the file, or of a link to it.
        max_bytes: a longer file is refused.

    Raises:
        OSError: if it cannot be read, is not a file, or is longer; ``strerror`` says so.
        ValueError: if the path is impossible.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, f"it is {_describe(found.st_mode)}, not a file")
        size = 0
        while block := os.read(descriptor, BLOCK_BYTES):
            if (size := size + len(block)) > max_bytes:
                raise OSError(errno.EINVAL, f"it is longer than {max_bytes} bytes")
            yield block
    finally:
        os.close(descriptor)


def _describe(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"
