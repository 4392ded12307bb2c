"""Where runs lie: what is refused before any work, and how a run anywhere is found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import SHIPPED_CONFIG, Workplace

pytestmark = pytest.mark.slow


def _files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("named", ["/", "..", "", "$NOT_SET_HERE/x"])
def test_a_place_that_is_not_for_a_run_is_refused_in_a_sentence_and_left_alone(
    place: Workplace, named: str
) -> None:
    before = _files(place.folder)
    for command in ("run", "plan"):
        result = place.call(command, "--output-dir", named)
        assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr
        assert "Traceback" not in result.stderr
    assert _files(place.folder) == before


@pytest.mark.parametrize(
    ("target", "flags"),
    [("nowhere", ()), ("outputs", ("--skip-existing",)), ("nowhere", ("--output-dir", "mine"))],
)
def test_a_folder_of_all_runs_that_is_a_link_to_nowhere_ends_a_run_before_it_begins(
    place: Workplace, target: str, flags: tuple[str, ...]
) -> None:
    (place.folder / "outputs").symlink_to(target)
    result = place.call("run", *flags)
    assert result.returncode == 1
    assert "outputs is a link" in result.stderr
    plan = place.call("plan", *flags)
    assert "would fail before doing anything:" in plan.stdout
    assert "outputs is a link" in plan.stdout
    assert not (place.folder / "mine").exists()


def test_a_latest_that_leads_to_itself_is_put_right(place: Workplace) -> None:
    place.outputs.mkdir()
    place.latest.symlink_to("latest")
    for command in (("runs",), ("plan",), ("run",), ("show", "latest")):
        result = place.call(*command)
        assert result.returncode == 0, result.stderr
    assert place.latest.resolve() == place.runs[-1]


def test_a_run_in_a_folder_of_one_s_own_is_found_by_its_path(place: Workplace) -> None:
    part = place.call("run", "--stage", "1", "--output-dir", "r0")
    assert "outputs/latest now points to r0, which has no dataset yet." in part.stderr
    for name in ("r", "r2"):
        made = place.call("run", "--output-dir", name)
        assert (made.returncode, f"outputs/latest now points to {name}." in made.stderr) == (0, True)
    for words in (("show", "r"), ("explain", "Bishan", "--run", "r"), ("diff", "r", "r2"), ("show", "~/r")):
        result = place.call(*words)
        assert result.returncode == 0, result.stderr
        assert "r" in result.stdout.split()[:8] or "r:" in result.stdout
    elsewhere = place.folder / "elsewhere"
    elsewhere.mkdir()
    far = Workplace(elsewhere, {"MRT_PIPELINE__OUTPUT__DIRECTORY": str(place.outputs)})
    assert far.call("show", "r2").returncode == 0, "latest shows it, and the list of runs names it"
    missing = far.call("show", "r")
    assert missing.returncode == 2
    assert "Run 'r' not found" in missing.stderr


def test_an_empty_name_is_not_taken_for_the_latest_run(finished: Workplace) -> None:
    for words in (("show", ""), ("explain", "Bishan", "--run", ""), ("diff", "", "latest")):
        result = finished.call(*words)
        assert (result.returncode, result.stdout) == (2, "")
        assert "is empty; expected a path" in result.stderr


def test_a_home_folder_in_the_configuration_is_filled_in(place: Workplace) -> None:
    shipped = SHIPPED_CONFIG.read_text(encoding="utf-8")
    (place.folder / "mine.yaml").write_text(shipped.replace("directory: outputs", 'directory: "$HOME/runs"'))
    assert place.call("run", "--stage", "1", "--config", "~/mine.yaml").returncode == 0
    assert (place.folder / "runs" / "latest").exists()
    assert not list(place.folder.glob("[~$]*"))
