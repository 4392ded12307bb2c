"""Another package adds a source by an entry point; nothing of this one is touched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, Workplace

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "tests" / "fakes" / "example_source"
SOURCES = "[lta_datamall, network, example]"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the example package is installed in."""
    folder = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(PACKAGE)], check=True, timeout=60)
    return folder


def _with_source(place: Workplace, installed: Path) -> Workplace:
    return place.with_variables(
        PYTHONPATH=str(installed), MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES=SOURCES
    )


def test_its_values_are_published_with_their_evidence(place: Workplace, installed: Path) -> None:
    equipped = _with_source(place, installed)
    result = equipped.call("run")
    assert result.returncode == 0, result.stderr
    dataset = json.loads((equipped.latest / "stage3_final.json").read_bytes())
    (bugis,) = (station for station in dataset["stations"] if station["slug"] == "bugis")
    (found,) = (item for item in bugis["exits"] if item["exit_id"] == "bugis-ewl-B")
    assert [item["name"] for item in found["landmarks"]] == ["Example Hall"]
    assert dataset["provenance"]["example-places"]["publisher"] == "Example Society"
    explained = equipped.call("explain", "bugis", "--exit", "B", "--field", "landmarks")
    assert "Example Society" in explained.stdout


def test_a_changed_source_makes_its_stage_stale(place: Workplace, installed: Path) -> None:
    equipped = _with_source(place, installed)
    assert equipped.call("run").returncode == 0
    assert "Stage 2/3 enrichment: done" not in equipped.call("run", "--skip-existing").stderr
    claims = installed / "example_source" / "claims.py"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace("Example Hall", "Example House"), encoding="utf-8")
    try:
        assert "Stage 2/3 enrichment: done" in equipped.call("run", "--skip-existing").stderr
    finally:
        claims.write_text(text, encoding="utf-8")


def test_without_its_package_its_name_is_refused_with_the_known_ones(place: Workplace) -> None:
    bare = place.with_variables(MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES=SOURCES)
    result = bare.call("run")
    assert result.returncode == 2
    known = (
        "lta_datamall, lta_lifts, network, lta_train_gtfs, mrtdown, lta_rail_map, sbs_transit, "
        "official_places, openstreetmap, fandom_wiki, openrouter_llm"
    )
    assert f"'example'; expected one of {known}" in result.stderr


def test_a_format_is_known_while_its_package_is_installed(place: Workplace, installed: Path) -> None:
    known = "'example'; expected one of json, csv, geojson, geopackage, geoparquet, gtfs."
    without = place.with_variables(MRT_PIPELINE__OUTPUT__FORMATS="[example]").call("config", "check")
    assert (without.returncode, known in without.stderr) == (2, True)
    equipped = place.with_variables(PYTHONPATH=str(installed))
    unknown = equipped.with_variables(MRT_PIPELINE__OUTPUT__FORMATS="[xml]").call("config", "check")
    assert (
        "'xml'; expected one of json, csv, geojson, geopackage, geoparquet, gtfs, example." in unknown.stderr
    )


def test_its_format_is_written_beside_the_others(place: Workplace, installed: Path) -> None:
    equipped = place.with_variables(
        PYTHONPATH=str(installed), MRT_PIPELINE__OUTPUT__FORMATS="[json, example]"
    )
    assert equipped.call("run").returncode == 0
    names = (equipped.latest / "stations.txt").read_text(encoding="utf-8").splitlines()
    assert (names[0], len(names)) == ("Jurong East", 184)
    assert "stations.txt" in json.loads((equipped.latest / "manifest.json").read_bytes())["outputs"]
