from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mrt_pipeline.errors import SecretFoundError, StorageError
from mrt_pipeline.regular_files import BLOCK_BYTES, read_regular_file
from mrt_pipeline.runtime.files import (
    TEMPORARY_SUFFIX,
    make_folder,
    read_bytes,
    remove_abandoned,
    remove_folder,
    remove_leftovers,
    replace_symlink,
    sha256_of,
    temporary_path,
    to_json,
    write_bytes,
    write_parts,
)
from mrt_pipeline.secrecy import SECRETS
from tests.fakes.network_builder import provenance
from tests.fakes.small_disk import small_disk

SECRET = b"not-for-everyone"


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", [b"", b"whole\n", bytes(3 * 2**20)])
def test_what_is_written_is_read_again(content: bytes, tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.json", content)
    assert read_bytes(tmp_path / "a.json") == content
    assert _names(tmp_path) == ["a.json"]


def test_a_full_disk_leaves_the_older_file_and_no_leftover(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"older")
    with small_disk(1000), pytest.raises(StorageError, match=r"untouched: .*ulimit -f") as caught:
        write_bytes(path, bytes(100_000))
    assert (path.read_bytes(), _names(tmp_path), caught.value.path) == (b"older", ["a.json"], path)


@pytest.mark.parametrize("parts", [(SECRET, b"rest"), (b"head", SECRET), (b"head", b"%27" + SECRET, b"")])
def test_a_secret_is_found_in_each_part_of_a_file(parts: tuple[bytes, ...], tmp_path: Path) -> None:
    SECRETS.learn("A_KEY", SECRET.decode())
    with pytest.raises(SecretFoundError, match="A_KEY"):
        write_bytes(tmp_path / "file", *parts)
    assert list(tmp_path.iterdir()) == []


def test_of_a_file_that_was_not_there_no_older_version_is_reported(tmp_path: Path) -> None:
    with small_disk(1000), pytest.raises(StorageError, match=r"a\.json could not be written: .*ulimit -f"):
        write_bytes(tmp_path / "a.json", bytes(100_000))


def test_a_kill_in_the_middle_leaves_the_older_file(tmp_path: Path) -> None:
    """A process dies between writing the new bytes and giving them their name."""
    path = tmp_path / "a.json"
    write_bytes(path, b"older")
    program = (
        "import os, sys, pathlib\n"
        "from mrt_pipeline.runtime.files import write_bytes\n"
        "pathlib.Path.replace = lambda *_: os._exit(9)\n"
        "write_bytes(pathlib.Path(sys.argv[1]), b'newer')\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    assert path.read_bytes() == b"older"
    [leftover] = remove_leftovers(tmp_path)
    assert leftover.endswith(TEMPORARY_SUFFIX)
    assert _names(tmp_path) == ["a.json"]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    contents = [bytes([number]) * 200_000 for number in range(2)]
    write_bytes(path, contents[0])
    done = threading.Event()

    def read_all() -> set[bytes]:
        seen = set()
        while not done.is_set():
            seen.add(path.read_bytes())
        return seen

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_all)
        for number in range(30):
            write_bytes(path, contents[number % 2])
        done.set()
        assert reading.result() <= set(contents)


def test_threads_that_write_the_same_file_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    contents = [bytes([number]) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_bytes(path, content), contents * 4))
    assert path.read_bytes() in contents
    assert _names(tmp_path) == ["a.json"]


def test_an_interrupt_leaves_no_leftover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "a.json", b"new")
    assert _names(tmp_path) == []


def test_a_link_under_the_temporary_name_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    temporary_path(tmp_path / "a.json").symlink_to(victim)
    with pytest.raises(StorageError):
        write_bytes(tmp_path / "a.json", b"new")
    assert victim.read_bytes() == b"precious"


def test_a_hard_link_under_the_temporary_name_is_not_written(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    temporary_path(tmp_path / "a.json").hardlink_to(victim)
    with pytest.raises(StorageError, match="is a link"):
        write_bytes(tmp_path / "a.json", b"new")
    assert victim.read_bytes() == b"precious"
    write_bytes(tmp_path / "a.json", b"new")


def test_a_leftover_under_the_temporary_name_is_written_over(tmp_path: Path) -> None:
    temporary_path(tmp_path / "a.json").write_bytes(b"longer than what is new")
    write_bytes(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"new"


def _fsyncs(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[tuple[str, list[str]]]:
    """Return a list that grows with each flush: whether of a file or a folder, and what was there then."""
    flushed: list[tuple[str, list[str]]] = []
    flush = os.fsync

    def record(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        flushed.append((kind, [name for name in _names(folder) if not name.endswith(TEMPORARY_SUFFIX)]))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    return flushed


def test_a_file_is_flushed_before_it_has_its_name_and_its_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves a name without its bytes, or bytes without their name."""
    flushed = _fsyncs(monkeypatch, tmp_path)
    write_bytes(tmp_path / "a.json", b"whole")
    assert flushed == [("file", []), ("folder", ["a.json"])]


def test_the_folder_of_a_link_is_flushed_after_it_was_pointed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = _fsyncs(monkeypatch, tmp_path)
    replace_symlink(tmp_path / "latest", tmp_path / "run")
    assert flushed == [("folder", ["latest"])]


WRITERS: list[Callable[[Path], object]] = [
    lambda path: write_bytes(path, b""),
    lambda path: replace_symlink(path, path.parent / "target"),
    lambda path: make_folder(path / "below"),
]


@pytest.mark.parametrize("write", WRITERS)
def test_every_error_of_the_system_names_the_file(write: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    for path in (tmp_path / "file" / "a", tmp_path / ("n" * 300), Path("/proc/nowhere/a")):
        with pytest.raises(StorageError) as caught:
            write(path)
        assert str(path) in str(caught.value)


def test_a_folder_in_the_way_of_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(StorageError, match="there is a folder under this file's name"):
        write_bytes(tmp_path / "a.json", b"")
    assert _names(tmp_path) == ["a.json"]


def test_a_missing_file_is_distinguished_from_one_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (os.mkfifo, "a pipe"),
        (Path.mkdir, "a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
    ],
)
def test_what_is_no_file_is_refused_before_anyone_waits_for_it(
    plant: Callable[[Path], object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plant(Path("a.json"))
    with pytest.raises(StorageError, match=rf"could not be read: .*{words}"):
        read_bytes(Path("a.json"))


def test_a_file_far_longer_than_ours_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(OSError, match="it is longer than 1000 bytes"):
        read_regular_file(tmp_path / "a.json", 1000)
    (tmp_path / "b.json").write_bytes(bytes(1000))
    assert read_regular_file(tmp_path / "b.json", 1000) == bytes(1000)


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "a" / "b", exist_ok=False)


def test_a_file_in_the_way_of_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StorageError, match="is a file; expected a folder"):
        make_folder(tmp_path / "a")


def test_a_link_is_moved_from_run_to_run(tmp_path: Path) -> None:
    link = tmp_path / "latest"
    for name in ("20261123_081203", "20261124_081203"):
        (tmp_path / name).mkdir()
        replace_symlink(link, tmp_path / name)
        assert link.readlink() == Path(name)
    assert len(_names(tmp_path)) == 3


def test_a_leftover_of_a_link_does_not_stop_the_next_one(tmp_path: Path) -> None:
    temporary_path(tmp_path / "latest").symlink_to("gone")
    replace_symlink(tmp_path / "latest", tmp_path)
    assert _names(tmp_path) == ["latest"]


def test_a_link_to_a_folder_elsewhere_is_relative_too(tmp_path: Path) -> None:
    (tmp_path / "outputs").mkdir()
    (tmp_path / "else").mkdir()
    replace_symlink(tmp_path / "outputs" / "latest", tmp_path / "else")
    assert (tmp_path / "outputs" / "latest").readlink() == Path("../else")


def test_a_folder_called_latest_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(StorageError, match="it still points to the previous one"):
        replace_symlink(tmp_path / "latest", tmp_path)
    assert _names(tmp_path) == ["latest"]


def test_only_our_own_leftovers_are_removed(tmp_path: Path) -> None:
    for name in (".a.json.1-2.mrt-tmp", "a.mrt-tmp", ".hidden", "a.json"):
        (tmp_path / name).write_bytes(b"")
    assert remove_leftovers(tmp_path) == [".a.json.1-2.mrt-tmp"]
    assert _names(tmp_path) == [".hidden", "a.json", "a.mrt-tmp"]
    assert remove_leftovers(tmp_path / "nowhere") == []


def test_a_leftover_that_cannot_be_removed_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".a.mrt-tmp").mkdir()
    with pytest.raises(StorageError, match="could not be removed"):
        remove_leftovers(tmp_path)


def test_json_is_indented_ends_in_a_newline_and_leaves_empty_fields_of_records_out() -> None:
    assert to_json({"b": 1, "a": None}) == b'{\n  "b": 1,\n  "a": null\n}\n'
    text = to_json(provenance()).decode()
    assert text.startswith('{\n "document_id"')
    assert text.endswith("}\n")
    assert "revision" not in text


def test_a_sha256_is_the_standards_own() -> None:
    """FIPS 180-2, appendix B.1."""
    assert sha256_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_temporary_files_of_a_cache_are_removed_once_no_process_can_be_writing_them(tmp_path: Path) -> None:
    """Their process may live in another container, where its number is that of nobody here."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    fresh, old = tmp_path / f".a.{gone.pid}-1.mrt-tmp", tmp_path / f".b.{os.getpid()}-1.mrt-tmp"
    for path in (fresh, old, tmp_path / ".c.99-1.txt"):
        path.write_bytes(b"")
        if path is not fresh:
            os.utime(path, (0, 0))
    remove_abandoned(tmp_path)
    assert _names(tmp_path) == [fresh.name, ".c.99-1.txt"]
    remove_abandoned(tmp_path / "nowhere")


def test_a_folder_is_removed_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "run" / "inner").mkdir(parents=True)
    (tmp_path / "run" / "inner" / "file").write_bytes(b"")
    remove_folder(tmp_path / "run")
    assert not list(tmp_path.iterdir())
    with pytest.raises(StorageError, match="could not be removed"):
        remove_folder(tmp_path / "run")


def test_folders_are_leftovers_only_where_that_is_said(tmp_path: Path) -> None:
    (tmp_path / ".run.mrt-tmp" / "inner").mkdir(parents=True)
    with pytest.raises(StorageError, match="could not be removed"):
        remove_leftovers(tmp_path)
    assert remove_leftovers(tmp_path, with_folders=True) == [".run.mrt-tmp"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("parts", [[], [b""], [b"a", b"", b"bc"], [b"x" * (BLOCK_BYTES - 1), b"yz", b"w"]])
def test_parts_are_put_together_as_they_come(parts: list[bytes], tmp_path: Path) -> None:
    write_parts(tmp_path / "a.json", iter(parts))
    assert read_bytes(tmp_path / "a.json") == b"".join(parts)


@pytest.mark.parametrize("before", [0, 5, BLOCK_BYTES - 5, BLOCK_BYTES, 2 * BLOCK_BYTES - 9])
def test_a_secret_is_found_in_whichever_parts_it_stands(before: int, tmp_path: Path) -> None:
    SECRETS.learn("KEY", "sesame-open-yourself")
    write_bytes(tmp_path / "a.json", b"older")
    content = b"x" * before + b"sesame-open-yourself" + b"y" * BLOCK_BYTES
    parts = (content[place : place + 7] for place in range(0, len(content), 7))
    with pytest.raises(SecretFoundError, match="KEY"):
        write_parts(tmp_path / "a.json", parts)
    assert _names(tmp_path) == ["a.json"]
    assert read_bytes(tmp_path / "a.json") == b"older"


def test_parts_that_cannot_all_be_made_leave_the_older_file(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"x" * 2 * BLOCK_BYTES
        raise ValueError("no more")

    write_bytes(tmp_path / "a.json", b"older")
    with pytest.raises(ValueError, match="no more"):
        write_parts(tmp_path / "a.json", parts())
    assert _names(tmp_path) == ["a.json"]
    assert read_bytes(tmp_path / "a.json") == b"older"
