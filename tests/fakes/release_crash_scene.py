"""Releases that are killed or run out of space: what must hold for their folder at every moment."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from mrt_pipeline.runtime.files import sha256_of
from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import measure

OLD_DAY, NEW_DAY = "1990-11-01", "1990-12-20"
OLD, NEW = "1990.11.01", "1990.12.20"
RELEASE = ("release", NEW_DAY, "--to", "releases")


def prepare(folder: Path, timeout_s: float = 60) -> Workplace:
    """Return a workplace with two approved runs, the earlier of which is released."""
    folder.mkdir(exist_ok=True)
    place = Workplace(folder, timeout_s=timeout_s)
    for day in (OLD_DAY, NEW_DAY):
        for command in (
            ("run", "--as-of", day, "--output-dir", f"outputs/{day}"),
            ("approve", day, "--by", "Tan Mei Ling"),
        ):
            result = place.call(*command)
            assert result.returncode == 0, result.stderr
    assert place.call("release", OLD_DAY, "--to", "releases").returncode == 0
    return place


def copy_of(prepared: Workplace, folder: Path) -> Workplace:
    """Return a copy of a prepared workplace."""
    for name in ("outputs", "releases"):
        shutil.copytree(prepared.folder / name, folder / name, symlinks=True)
    return replace(prepared, folder=folder)


def count_steps(prepared: Workplace, folder: Path) -> int:
    """Return the number of changes on disk that the release of the newer run makes."""
    return len(measure(copy_of(prepared, folder), *RELEASE)[0])


def assert_whole(releases: Path) -> None:
    """Fail unless everything with a final name is whole, and the current release the old or the new one."""
    folders = [path for path in releases.iterdir() if path.name.startswith("1990")]
    assert OLD in {folder.name for folder in folders}
    for folder in folders:
        listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
        assert listed == {
            str(path.relative_to(folder)): sha256_of(path.read_bytes())
            for path in folder.rglob("*")
            if path.is_file() and path.name != "SHA256SUMS"
        }
    versions = load(releases / "versions.json")
    assert [entry["version"] for entry in versions["versions"]] in ([OLD], [NEW, OLD])
    shown = (releases / "latest").readlink().name
    assert shown in {entry["version"] for entry in versions["versions"]}
    page = (releases / "index.html").read_text("utf-8")
    assert page.endswith("</html>\n")
    assert f"Release {OLD}," in page or f"Release {NEW}," in page


def assert_as_if_nothing_had_happened(releases: Path) -> None:
    """Fail unless the newer release is listed, current and described, and nothing temporary is left."""
    assert_whole(releases)
    assert [entry["version"] for entry in load(releases / "versions.json")["versions"]] == [NEW, OLD]
    assert (releases / "latest").readlink().name == NEW
    assert f"Release {NEW}," in (releases / "index.html").read_text("utf-8")
    names = {path.name for path in releases.iterdir()}
    assert names == {OLD, NEW, "latest", "versions.json", "index.html", ".outputs.lock"}
