"""A disk without space: a small file system if one can be mounted, otherwise a limit on file sizes."""

from __future__ import annotations

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def small_disk(size_bytes: int = 0) -> Iterator[None]:
    """Let no file grow beyond a size in this block: the kernel refuses the write (EFBIG)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def small_file_system(folder: Path, size_bytes: int = 64 * 2**20, files: int = 2000) -> Iterator[bool]:
    """Mount a small file system on a folder for this block; yield whether that was possible.

    Only an administrator can; for others it is an ordinary folder.
    """
    folder.mkdir()
    options = f"size={size_bytes},nr_inodes={files}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def set_read_only(folder: Path, is_read_only: bool) -> None:
    """Make a small file system read-only, or writable again."""
    option = f"remount,{'ro' if is_read_only else 'rw'}"
    subprocess.run(["mount", "-o", option, str(folder)], check=True)
