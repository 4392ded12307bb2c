"""Lies that could be true, on pages of the wiki: what a run with all recorded sources publishes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.http_server import LoopbackServer
from tests.fakes.live_world import Wiki

pytestmark = pytest.mark.slow

PLATFORMS = "<h2>Platforms</h2><table><tr><th>Platform</th><th>Towards</th></tr>{}</table>"
PLACES = "<h2>Exits</h2><table><tr><th>Exit</th><th>Landmarks</th></tr>{}</table>"
CROWD = [
    ("C", "<br>".join(f"Shop Number {number} Plaza" for number in range(start, start + 60)))
    for start in range(0, 300, 60)
]
"""more in one cell would be left unread, as a line that repeats its words without end"""


def _rows(*rows: tuple[str, str]) -> str:
    return "".join(f"<tr><td>{first}</td><td>{second}</td></tr>" for first, second in rows)


PAGES = {
    "Sembawang MRT Station": PLATFORMS.format(_rows(("Z", "Jurong East"), ("99", "Marina South Pier"))),
    "Khatib MRT Station": PLATFORMS.format(_rows(("A", "Marina South Pier"), ("B", "Jurong East"))),
    "Ang Mo Kio MRT Station": PLATFORMS.format(_rows(("C", "Jurong East"), ("D", "Marina South Pier"))),
    "Yishun MRT Station": PLACES.format(
        _rows(("C", "Nee Soon Central CC"), *CROWD, ("C", "Northpoint City"))
    ),
    "Bishan MRT Station": PLACES.format(
        _rows(("A", "Free Wifi Login Bit Ly Abc"), ("B", "Nee Soon East Community Club"))
    ),
}


@dataclass(frozen=True)
class Told:
    """What a run published of stations, by slug."""

    stations: dict[str, Any]
    checks: dict[str, list[str]]


def _told(run: Path) -> Told:
    checks: dict[str, list[str]] = {}
    for finding in load(run / "validation.json")["findings"]:
        checks.setdefault(finding.get("slug", ""), []).append(finding["check"])
    return Told({found["slug"]: found for found in load(run / "stage3_final.json")["stations"]}, checks)


@pytest.fixture(scope="module")
def lied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Return what a run publishes whose wiki lies."""
    wiki = Wiki()
    wiki.pages = dict.fromkeys(wiki.pages, "<p>Opened long ago.</p>") | PAGES
    with LoopbackServer(wiki.handle) as server:
        variables = {"MODE": "live", "BASE_URL": f"{server.url}/wiki"}
        place = Workplace(tmp_path_factory.mktemp("lied")).with_variables(
            **{f"MRT_PIPELINE__APIS__FANDOM__{key}": value for key, value in variables.items()}
        )
        result = place.call("run")
        assert result.returncode == 0, result.stderr
        yield _told(place.latest)


@pytest.fixture
def honest(finished: Workplace) -> Told:
    """Return what is published without the wiki."""
    return _told(finished.latest)


def _letters(told: Told, slug: str) -> list[list[str]]:
    return [platform["platform_codes"] for platform in told.stations[slug]["platforms"]]


def _places(told: Told, exit_id: str) -> dict[str, str]:
    exits = (found for station in told.stations.values() for found in station["exits"])
    [found] = [one for one in exits if one["exit_id"] == exit_id]
    return {landmark["name"]: landmark["confidence"] for landmark in found["landmarks"]}


def test_letters_that_no_platform_has_change_nothing(lied: Told, honest: Told) -> None:
    assert _letters(lied, "sembawang") == _letters(honest, "sembawang") == [["B"], ["A"]]


@pytest.mark.parametrize("slug", ["khatib", "ang-mo-kio"])
def test_letters_that_records_contradict_are_published_by_nobody(slug: str, lied: Told, honest: Told) -> None:
    assert _letters(honest, slug) == [["B"], ["A"]]
    assert _letters(lied, slug) == [[], []]
    assert lied.checks[slug].count("sources-disagree") == 2


def test_many_places_at_one_exit_are_doubted_and_recorded_ones_are_not(lied: Told, honest: Told) -> None:
    before, after = (_places(told, "yishun-nsl-C") for told in (honest, lied))
    crowd = {name: after[name] for name in after if name not in before}
    assert len(crowd) > 100 and set(crowd.values()) == {"low"}
    assert {name: after[name] for name in before} == before != {}
    assert "landmarks-too-many" in lied.checks["yishun"]


def test_an_advertisement_is_no_place_and_one_far_away_is_doubted(lied: Told, honest: Told) -> None:
    assert _places(lied, "bishan-nsl-A") == _places(honest, "bishan-nsl-A")
    assert _places(lied, "bishan-nsl-B")["Nee Soon East Community Club"] == "low"
    assert "landmark-far-away" in lied.checks["bishan"]
