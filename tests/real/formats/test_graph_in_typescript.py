"""``mrt_transit_graph.json`` as an app in TypeScript reads it, under the names of the earlier pipeline."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.real.report.browser import apt_install

pytestmark = pytest.mark.real_parts

CONSUMER = Path(__file__).parent / "consumer"
TYPESCRIPT = "typescript@5.9.3"
STATION = ("official_name", "mrt_codes", "lines_served")
EXIT = ("exit_code", "lat", "lng", "accessibility", "nearby_landmarks")
PLATFORM = (
    *("platform_code", "line", "direction", "line_code", "towards_code", "next_code", "station_code"),
)


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled decoder: the compiler has no fault to find in it."""
    if not shutil.which("npm"):
        apt_install("nodejs", "npm")
    folder = tmp_path_factory.mktemp("typescript")
    subprocess.run(["npm", "install", "--silent", "--prefix", folder, TYPESCRIPT], check=True)
    shutil.copy(CONSUMER / "decode.ts", folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    options = ("--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext")
    compiled = _call(folder / "node_modules/.bin/tsc", *options, folder / "decode.ts")
    assert compiled.returncode == 0, compiled.stdout
    return folder / "decode.js"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Workplace(tmp_path_factory.mktemp("run"))
    assert place.call("run").returncode == 0
    return place.latest.resolve() / "mrt_transit_graph.json"


def _call(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _decode(decoder: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return _call("node", CONSUMER / "run.mjs", decoder, file)


def _as_told(station: dict[str, Any]) -> dict[str, Any]:
    """Return a station of the file with the fields that a consumer asks for."""
    return {**{name: station[name] for name in STATION}, "exits": list(map(_exit_as_told, station["exits"]))}


def _exit_as_told(found: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: found[name] for name in EXIT},
        "step_free": found.get("step_free", "unknown"),
        "platforms": [{name: one[name] for name in PLATFORM if name in one} for one in found["platforms"]],
        "bus_stops": [
            {name: stop[name] for name in ("code", "description", "services")} for stop in found["bus_stops"]
        ],
    }


def test_a_consumer_reads_every_station_of_a_run(decoder: Path, graph: Path) -> None:
    read = _decode(decoder, graph)
    assert (read.returncode, read.stderr) == (0, "")
    stations = load(graph)
    assert json.loads(read.stdout) == list(map(_as_told, stations))
    assert len(stations) == 184
    platforms = [one for station in stations for found in station["exits"] for one in found["platforms"]]
    assert platforms and all(one[name] for one in platforms for name in PLATFORM[1:])


def test_the_same_consumer_reads_a_file_of_the_earlier_pipeline(decoder: Path) -> None:
    read = _decode(decoder, CONSUMER / "old_layout.json")
    assert (read.returncode, read.stderr) == (0, "")
    stations = json.loads(read.stdout)
    assert stations == list(map(_as_told, load(CONSUMER / "old_layout.json")))
    assert [found["step_free"] for found in stations[0]["exits"]] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("lat", "1.43", "exits[0].lat: expected a number"),
        ("step_free", "perhaps", "exits[0].step_free: expected yes, no or unknown"),
        ("platforms", None, "exits[0].platforms: expected a list"),
    ],
)
def test_the_consumer_would_notice_another_type(
    decoder: Path, tmp_path: Path, name: str, value: Any, said: str
) -> None:
    stations = load(CONSUMER / "old_layout.json")
    stations[0]["exits"][0][name] = value
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(stations), encoding="utf-8")
    read = _decode(decoder, wrong)
    assert (read.returncode, said in read.stderr) == (1, True)
