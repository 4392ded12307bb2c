"""Write every file of a run: whole or not at all.

A file is written to a temporary name in its own folder, flushed to the disk, and renamed; then the folder
is flushed. So a crash, a kill or a full disk leaves either the old file or the new one under the final
name, never a partial one. Temporary names start with ``.`` and end with ``.mrt-tmp``; ``remove_leftovers``
removes those that a killed process left behind, and may only be called by the holder of the folder's lock.
``remove_abandoned`` is for folders without a lock, such as caches: it decides by the age of each file.

No file holds a secret: a document with one is not written; in a record of events it is replaced.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson
from pydantic import BaseModel, ValidationError

from mrt_pipeline.errors import SecretFoundError, StorageError
from mrt_pipeline.regular_files import BLOCK_BYTES, read_blocks, read_regular_file
from mrt_pipeline.runtime.held_folders import refuse_swapped
from mrt_pipeline.secrecy import SECRETS

TEMPORARY_SUFFIX = ".mrt-tmp"
ABANDONED_AFTER_S = 3600.0
"""No write of ours takes that long. Across containers, it is unknown whether the writing process is alive."""
LONGEST_SECRET_BYTES = 2**16
"""how much of a file is searched again with what follows it; a secret has a few hundred bytes"""

_APPENDING = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_ADVICE = {
    errno.ENOSPC: "the disk is full; make room and run the same command again",
    errno.EDQUOT: "the disk quota is used up; make room and run the same command again",
    errno.EFBIG: "the file is too large for a limit (ulimit -f) or the file system; raise it and run again",
    errno.EIO: "the disk reports an input/output error; check the disk before running again",
    errno.EROFS: "the file system is read-only; choose another folder with --output-dir",
    errno.EACCES: "permission denied; choose another folder with --output-dir or change its owner",
    errno.EPERM: "operation not permitted; choose another folder with --output-dir",
    errno.ENOTDIR: "a part of the path is a file, not a folder; choose another --output-dir",
    errno.EISDIR: "there is a folder under this file's name; move it away",
    errno.ENAMETOOLONG: "the path is too long; choose a shorter --output-dir",
}
_OTHER_FOLDER = (
    "Move it elsewhere, or choose another folder with --output-dir, or with output.directory in the "
    "configuration."
)


def write_bytes(path: Path, *parts: bytes, is_durable: bool = True) -> None:
    """Write the parts of a file to ``path`` atomically, and durably unless that does not matter.

    Each part is searched for secrets on its own, so that one already searched is not searched again.

    Raises:
        SecretFoundError: if it holds a secret.
        StorageError: if it cannot be written; an existing file is then unchanged.
    """
    refuse_secrets(path, *parts)
    _put(path, parts, is_durable=is_durable)


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file as ``write_bytes`` does, without ever holding all of it.

    Raises:
        SecretFoundError, StorageError: as ``write_bytes``.
    """
    _put(path, _refuse_secrets_in(path, in_blocks(parts)))


def in_blocks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts of a file joined, so that each block but the last has at least ``BLOCK_BYTES``."""
    block = bytearray()
    for part in parts:
        block += part
        if len(block) >= BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def copy_file(source: Path, path: Path, sha256: str | None = None) -> bytes:
    """Copy a file of another run to ``path`` as ``write_bytes`` writes it, and return the content.

    It was checked for secrets when first written.

    Args:
        source: the file.
        path: the new path.
        sha256: expected checksum of its content, if known.

    Raises:
        StorageError: if the content differs, or cannot be read or written.
    """
    content = read_bytes(source)
    if sha256 is not None and sha256_of(content) != sha256:
        raise StorageError(source, "was changed while it was copied. Run again.")
    _put(path, (content,))
    return content


def refuse_secrets(path: Path, *texts: str | bytes) -> None:
    """Raise ``SecretFoundError`` if one of the texts to be written to a file holds a secret."""
    if (secret := SECRETS.find(*texts)) is not None:
        raise SecretFoundError(path, secret)


def _refuse_secrets_in(path: Path, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each block once neither it nor the place where it joins the one before holds a secret."""
    seen = b""
    for block in blocks:
        seen = seen[-LONGEST_SECRET_BYTES:] + block
        refuse_secrets(path, seen)
        yield block


def _put(path: Path, parts: Iterable[bytes], *, is_durable: bool = True) -> None:
    refuse_swapped(path.parent)
    temporary = temporary_path(path)
    kept = "; an older version of it is untouched" if os.path.lexists(path) else ""
    with storage_errors(path, f"could not be written{kept}"):
        try:
            _write_and_flush(temporary, parts, is_durable=is_durable)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    if is_durable:
        with storage_errors(path, "was written, but may not survive a power cut"):
            flush_folder(path.parent)


def write_record(path: Path, content: BaseModel | dict[str, object] | list[object]) -> bytes:
    """Write a record or plain data in the form of ``to_json``, with ``[secret]`` in place of secrets.

    Returns: the bytes written.

    Raises:
        SecretFoundError: if what remained would not be such a record.
        StorageError: if it cannot be written; an existing file is then unchanged.
    """
    rendered = to_json(content)
    if (secret := SECRETS.find(rendered)) is not None:
        plain = orjson.loads(rendered)
        redacted = SECRETS.redacted(plain)
        rendered = orjson.dumps(redacted, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        if not _have_same_keys(plain, redacted) or not _is_like(content, rendered):
            raise SecretFoundError(path, secret)
    _put(path, (rendered,))
    return rendered


def _have_same_keys(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_have_same_keys(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return all(map(_have_same_keys, one, other))
    return True


def _is_like(content: object, rendered: bytes) -> bool:
    """Return whether bytes can be read as a record of the same kind; plain data have no kind."""
    try:
        return not isinstance(content, BaseModel) or bool(type(content).model_validate_json(rendered))
    except ValidationError:
        return False


def to_json(content: BaseModel | dict[str, object] | list[object]) -> bytes:
    """Return the canonical bytes of a record: indented UTF-8 JSON with a newline at the end."""
    if isinstance(content, BaseModel):
        return content.model_dump_json(exclude_none=True, indent=1).encode() + b"\n"
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def to_json_lines(items: Iterable[object]) -> bytes:
    """Return plain data as a JSON list with one item per line, half the size of indented JSON."""
    made = io.BytesIO()  # joining the lines would hold each of them twice
    made.write(b"[\n")
    for number, item in enumerate(items):
        made.write(b",\n" if number else b"")
        made.write(orjson.dumps(item))
    made.write(b"\n]\n")
    return made.getvalue()


def open_for_lines(path: Path) -> int:
    """Return a descriptor of a file to which lines are added, made if it is not there.

    A link is not followed. A file that has another name too is replaced by its copy: what is added here
    must not get into a file elsewhere.

    Raises:
        StorageError: if it cannot be opened, or is no file.
    """
    with storage_errors(path, "could not be opened"):
        descriptor = os.open(path, _APPENDING, 0o644)
        if os.fstat(descriptor).st_nlink == 1:
            return descriptor
        os.close(descriptor)
        _put(path, (read_bytes(path),))
        return os.open(path, _APPENDING, 0o644)


def append_lines(descriptor: int, lines: bytes) -> None:
    """Append lines, all or none, to a file that only this process writes, opened for reading and appending.

    If a killed process left part of a line, a line break ends it first.

    Raises:
        OSError: if they cannot be written; the file then ends as before.
    """
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        lines = b"\n" + lines
    if os.write(descriptor, lines) < len(lines):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_bytes(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        FileNotFoundError: if there is none.
        StorageError: if it cannot be read, is not a file, or is longer than any of ours.
    """
    with _read_errors(path):
        return read_regular_file(path)


def read_file_blocks(path: Path) -> Iterator[bytes]:
    """Yield a file's content in blocks.

    Raises:
        FileNotFoundError, StorageError: as ``read_bytes``.
    """
    with _read_errors(path):
        yield from read_blocks(path)


@contextlib.contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageError(path, f"could not be read: {describe_os_error(error)}.") from error


def make_folder(path: Path, *, exist_ok: bool = True) -> None:
    """Make a folder and its parents.

    Raises:
        FileExistsError: if it exists and ``exist_ok`` is false.
        StorageError: if it cannot be created.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_made(path, error) from error
    try:
        path.mkdir(exist_ok=exist_ok)
    except FileExistsError as error:
        if not exist_ok:
            raise
        raise _not_made(path, error) from error
    except OSError as error:
        raise _not_made(path, error) from error


def refuse_obstacle(folder: Path, remedy: str = _OTHER_FOLDER) -> None:
    """Raise, before any work, if a folder can neither be used nor created.

    Args:
        folder: the folder to use.
        remedy: the sentence that says what to do; by default, the one for a run's folder.

    Raises:
        StorageError: if it or a parent is a file, or a link that does not lead to a folder.
    """
    if (obstacle := _find_obstacle(folder)) is not None:
        raise _blocked(folder, obstacle, remedy)


def real_path(path: Path) -> Path:
    """Return an absolute path with links followed; if a link leads to itself, the link."""
    return Path(os.path.realpath(path))


def replace_symlink(link: Path, target: Path) -> None:
    """Point ``link`` at ``target`` by a relative path; readers see the old target or the new one.

    Raises:
        StorageError: if that fails; an existing link is then unchanged.
    """
    temporary = temporary_path(link)
    with storage_errors(link, "could not be pointed at the new run; it still points to the previous one"):
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        temporary.symlink_to(os.path.relpath(real_path(target), real_path(link.parent)))
        try:
            temporary.replace(link)
        except OSError:
            temporary.unlink()
            raise
    with storage_errors(link, "points at the new run, but may not survive a power cut"):
        flush_folder(link.parent)


def temporary_path(path: Path) -> Path:
    """Return the temporary name under which this thread writes a file."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}{TEMPORARY_SUFFIX}")


def remove_leftovers(folder: Path, *, with_folders: bool = False) -> list[str]:
    """Remove temporary files that a killed process left in a folder, and return their names.

    Args:
        folder: a folder whose lock the caller holds.
        with_folders: whether folders with a temporary name are removed too, with their contents.

    Raises:
        StorageError: if one cannot be removed.
    """
    import shutil

    found = sorted(folder.glob(f".*{TEMPORARY_SUFFIX}"))
    for path in found:
        with storage_errors(path, "was left by a killed run and could not be removed"):
            if with_folders and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    return [path.name for path in found]


def remove_abandoned(folder: Path) -> None:
    """Remove temporary files that no process can still be writing, as far as possible."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f".*{TEMPORARY_SUFFIX}"):
            if time.time() - path.lstat().st_mtime > ABANDONED_AFTER_S:
                path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder with its contents; under its name it is whole or absent.

    Raises:
        StorageError: if it cannot be removed; the rest of it has a temporary name.
    """
    import shutil

    aside = temporary_path(folder)
    with storage_errors(folder, "could not be removed"):
        folder.rename(aside)
        shutil.rmtree(aside)


def sha256_of(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file.

    Raises:
        FileNotFoundError, StorageError: as ``read_bytes``.
    """
    digest = hashlib.sha256()
    for block in read_file_blocks(path):
        digest.update(block)
    return digest.hexdigest()


def flush_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def storage_errors(path: Path, consequence: str) -> Iterator[None]:
    """Turn an operating-system error into a ``StorageError`` that gives the consequence for ``path``."""
    try:
        yield
    except OSError as error:
        raise StorageError(path, f"{consequence}: {describe_os_error(error)}.") from error


def describe_os_error(error: OSError) -> str:
    """Return what to do about an operating-system error, or its own text if there is no better advice."""
    return _ADVICE.get(error.errno or 0) or (error.strerror or str(error)).lower()


def _not_made(folder: Path, error: OSError) -> StorageError:
    if (obstacle := _find_obstacle(folder)) is not None:
        return _blocked(folder, obstacle)
    return StorageError(folder, f"could not be created: {describe_os_error(error)}.")


def _may_be_folder(path: Path) -> bool:
    """Return whether a path leads to a folder; one that cannot be inspected counts, and fails when used."""
    try:
        return path.is_dir()
    except OSError:
        return True


def _find_obstacle(folder: Path) -> Path | None:
    """Return what blocks the path of a folder or of one of its parents, or None."""
    parts = (*reversed(folder.parents), folder)
    return next((part for part in parts if os.path.lexists(part) and not _may_be_folder(part)), None)


def _blocked(folder: Path, obstacle: Path, remedy: str = _OTHER_FOLDER) -> StorageError:
    name = "" if obstacle == folder else f"could not be created, since {obstacle} "
    return StorageError(folder, f"{name}{_describe_obstacle(obstacle)}; expected a folder. {remedy}")


def _describe_obstacle(path: Path) -> str:
    if not path.is_symlink():
        return "is a file"
    try:
        path.stat()
    except FileNotFoundError:
        return f"is a link to {path.readlink()}, which does not exist"
    except OSError as error:
        is_loop = error.errno == errno.ELOOP
        return "is a link that leads back to itself" if is_loop else "is a link that leads to no folder"
    return f"is a link to {path.readlink()}, a file"


def _write_and_flush(path: Path, parts: Iterable[bytes], *, is_durable: bool) -> None:
    # A link under the temporary name may be a trap; its target must not be written.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        if os.fstat(descriptor).st_nlink != 1:
            raise OSError(errno.EMLINK, f"{path.name} is a link; it was removed, so run again")
        file.truncate()
        file.writelines(parts)
        file.flush()
        if is_durable:
            os.fsync(file.fileno())
