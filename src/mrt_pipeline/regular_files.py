"""Read files that anybody may have created: completely, bounded, and without waiting.

A pipe, a device or a folder with a file's name would make a program wait for ever, or read until its memory
is full. This module is below everything that reads files, because the configuration is one of them.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_FILE_BYTES = 256 * 2**20
"""a dataset of Singapore's network has about 10 MiB"""


def read_regular_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return a file's content.

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
        content = _read_up_to(descriptor, max_bytes + 1)
    finally:
        os.close(descriptor)
    if len(content) > max_bytes:
        raise OSError(errno.EINVAL, f"it is longer than {max_bytes} bytes")
    return content


def _read_up_to(descriptor: int, max_bytes: int) -> bytes:
    """Return at most a number of bytes, without allocating memory for them first."""
    parts, size = [], 0
    while size < max_bytes and (part := os.read(descriptor, min(2**20, max_bytes - size))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _describe(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"
