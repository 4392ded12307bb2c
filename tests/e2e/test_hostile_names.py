"""Hostile names from every live source go through all stages and outputs and do no harm.

What no source would send and a person can only have made up (NUL, 100 kB) ends the run with one clean
message; what could be a name is published as the text that it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.live_world import SMALL_DAY, LiveWorld

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY)
MARKUP = "<img src=x onerror=alert(1)>"
CLIMB = "../../../../tmp/climbed"
FORGED = '"}\n{"event": "forged", "level": "critical"}'
NAMES = {
    "markup": MARKUP,
    "script": "<script>alert(1)</script>",
    "climb": CLIMB,
    "bidi": "Block \u202e\u2066 98 esreveR",
    "controls": "Bell \x07 and \x1b[2J\x1b]0;title\x07",
    "lines": f"Opp {FORGED}",
    "nul": "Nul \x00 here",
    "formula": "=cmd|' /C calc'!A0",
    "markdown": "[red]**bold**[/red] `x` | y",
}
RUN_FILE = re.compile(r"\.?[A-Za-z0-9_-]+(\.[a-z0-9-]+)*")
PLAIN_LINE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z (debug|info|warning|error|critical) +\S")


@pytest.fixture
def world() -> Iterator[LiveWorld]:
    with LiveWorld() as world:
        yield world


def _spoil(world: LiveWorld) -> None:
    """Put hostile names wherever a source has room for a text."""
    spoilt = list(NAMES.values())
    stops = world.publishers.datamall.rows["BusStops"]
    for number, stop in enumerate(stops):
        name = spoilt[number % len(spoilt)]
        if number % 2:
            stop["Description"] = f"{name} {number}"  # many alike would be refused as a wrong answer
        else:
            stop["RoadName"] = name
    for place, name in zip(world.publishers.onemap.places[::20], spoilt, strict=False):
        place["BUILDING"] = place["SEARCHVAL"] = name
    for number, title in enumerate(world.wiki.pages):
        names = (*spoilt, "A" * 100_000) if number % 2 else spoilt  # nobody sees all of such a page
        cells = "".join(f"<tr><td>A</td><td>{_as_html(name)}</td><td>Yes</td></tr>" for name in names)
        page = f"<h2>Exits</h2><table><tr><th>Exit</th><th>Landmarks</th><th>Lift</th></tr>{cells}</table>"
        world.wiki.pages[title] = page + "<script>alert(2)</script><p onclick=alert(3)>Exit A: lift</p>"


def _as_html(text: str) -> str:
    """Return a text as a page shows it, with entities for what HTML cannot hold."""
    return "".join(char if char.isalnum() else f"&#{ord(char)};" for char in text)


def _call(place: Workplace, world: LiveWorld, log: str) -> Any:
    variables = {
        **world.variables,
        "MRT_PIPELINE__OUTPUT__FORMATS": "[json, geojson]",
        "MRT_PIPELINE__LOGGING__FORMAT": log,
        "MRT_PIPELINE__LOGGING__LEVEL": "DEBUG",
    }
    return place.with_variables(**variables).call(*RUN)


def _assert_clean(shown: str) -> None:
    """Fail if a text could move the cursor, turn the reading direction, or look like a message."""
    assert all(line.isprintable() for line in shown.split("\n")), repr(shown)
    assert "Traceback" not in shown
    assert not re.search("^.{0,2}forged", shown, re.MULTILINE)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in _texts_of(part))
    elif isinstance(value, list):
        yield from (text for item in value for text in _texts_of(item))


def _assert_tidy(place: Workplace) -> None:
    """Fail if a file lies where none belongs, or under a name that is not ours."""
    assert {path.name for path in place.folder.iterdir()} <= {"outputs", "cache"}
    [run] = place.runs
    for path in run.iterdir():
        assert path.is_file() and RUN_FILE.fullmatch(path.name), path
    assert not Path(CLIMB).resolve().exists()
    assert not Path("/tmp/climbed").exists()  # noqa: S108 # nobody may have made it


@pytest.mark.parametrize("log", ["structured", "plain"])
def test_names_that_could_be_names_are_published_as_text(
    log: str, place: Workplace, world: LiveWorld
) -> None:
    _spoil(world)
    result = _call(place, world, log)
    assert result.returncode == 0, result.stderr
    _assert_clean(result.stdout)
    _assert_clean(result.stderr)
    _assert_tidy(place)
    run = place.latest.resolve()
    for path in run.iterdir():
        if path.suffix in (".json", ".geojson"):
            texts = set(_texts_of(load(path)))
            assert all(text.replace("\n", " ").isprintable() for text in texts), path
            assert max(map(len, texts), default=0) < 20_000, path
        elif path.suffix in (".html", ".svg"):
            page = path.read_text(encoding="utf-8")
            assert MARKUP not in page
            assert "<script>alert" not in page
        elif path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                assert json.loads(line).get("event") != "forged", path
                assert line.isprintable(), path
    if log == "plain":
        lines = (run / "run.log").read_text(encoding="utf-8").split("\n")[:-1]
        assert all(PLAIN_LINE.match(line) and line.isprintable() for line in lines), lines
    assert MARKUP in set(_texts_of(load(run / "stage3_final.json"))), "a bus stop may be called anything"
    rejected = (run / "stage2_rejected.jsonl").read_text(encoding="utf-8")
    assert "hostile-text" in rejected, "the hostile pages were read"


UNREADABLE_FEATURES = {
    "id": {"OBJECTID": "../../x"},
    "escape": {"OBJECTID": "\x1b[2J"},
    "100 kB": {"STATION_NA": "A" * 100_000},
}
HOSTILE_FEATURES = {
    "name": {"STATION_NA": MARKUP},
    "climbing name": {"STATION_NA": CLIMB},
    "label": {"EXIT_CODE": "<b>"},
    "climbing label": {"EXIT_CODE": "../../x"},
    "forged label": {"EXIT_CODE": FORGED[:15]},
    "nul": {"EXIT_CODE": "Exit \x00A"},
    "bidi": {"STATION_NA": "\u202eYISHUN MRT STATION"},
}


def _run_on_features(place: Workplace, world: LiveWorld, changes: dict[str, dict[str, str]]) -> Path:
    """Run on exits with these properties, which has to fail cleanly, and return the folder of the run."""
    document = json.loads(world.publishers.datagov.exits)
    for feature, change in zip(document["features"][::30], changes.values(), strict=False):
        feature["properties"] |= change
    world.publishers.datagov.exits = json.dumps(document).encode()
    result = _call(place, world, "structured")
    assert result.returncode == 1
    assert result.stderr.count("Error:") == 1
    _assert_clean(result.stderr)
    _assert_clean(result.stdout)
    _assert_tidy(place)
    [run] = place.runs
    for line in (run / "run.log.jsonl").read_text(encoding="utf-8").splitlines():
        assert json.loads(line)["event"] != "forged"
    return run


def test_hostile_exits_are_reported_cleanly_and_not_published(place: Workplace, world: LiveWorld) -> None:
    run = _run_on_features(place, world, HOSTILE_FEATURES)
    findings = load(run / "validation.json")["findings"]
    assert findings
    assert all(finding["message"].isprintable() and len(finding["message"]) < 1000 for finding in findings)


def test_an_answer_with_unreadable_exits_is_refused_cleanly(place: Workplace, world: LiveWorld) -> None:
    run = _run_on_features(place, world, UNREADABLE_FEATURES)
    assert "3 records could not be read" in load(run / "manifest.json")["error"]


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nError: forged", "<script>", "\u202etxt", "a" * 300])
def test_a_hostile_output_folder_is_shown_cleanly(name: str, place: Workplace) -> None:
    result = place.call(*RUN, "--stage", "1", "--output-dir", name)
    assert result.returncode == (1 if len(name) > 255 else 0)
    _assert_clean(result.stdout)
    _assert_clean(result.stderr)
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error:")]
    assert len(errors) == result.returncode
