"""What the README shows and promises is so."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from mrt_pipeline.network import load_network
from tests.e2e.command import ROOT, Workplace, load

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _assert_within(shown: Any, real: Any) -> None:
    """Assert that everything shown is in the real thing; lists may be shortened."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            _assert_within(value, real[key])
    elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
        for item, found in zip(shown, real, strict=False):
            _assert_within(item, found)
    else:
        assert shown == real


def test_the_exit_that_the_readme_shows_is_in_the_dataset(finished: Workplace) -> None:
    shown, reason = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL))
    stations = load(finished.latest / "stage3_final.json")["stations"]
    exits = {found["exit_id"]: (station, found) for station in stations for found in station["exits"]}
    station, found = exits[shown["exit_id"]]
    _assert_within(shown, found)
    [number] = shown["evidence"]["record"]
    assert reason in station["reasons"]
    record = reason["records"][str(number)]
    assert f"Number {number} is in this entry, which says that the value is from record {record}:" in README


def test_the_figures_of_the_readme_are_those_of_the_dataset(finished: Workplace) -> None:
    stations = load(finished.latest / "stage3_final.json")["stations"]
    exits = [found for station in stations for found in station["exits"]]
    codes = [code for station in stations for code in station["mrt_codes"]]
    lines = {line for station in stations for line in station["lines"]}
    features = load(finished.latest / "stage1_deterministic.json")["features"]
    assert f"| {len(stations)}, {len(codes)}, {len(lines)} |" in README
    assert f"| {len(exits)}: {len(features)} surveyed features, minus 2 duplicates" in README
    outcomes = Counter(feature["outcome"] for feature in features)
    assert outcomes == {"kept": len(exits), "merged": 2, "set_apart": 4}
    pairs = sum(len(found["bus_stops"]) for found in exits if "bus_stops" in found)
    assert f"{pairs:,} pairs of exit and stop" in README
    assert f"{sum(len(station['platforms']) for station in stations)}, in" in README
    assert f"in {sum(len(found['platforms']) for found in exits):,} pairs of exit and platform" in README


def test_the_readme_says_of_how_many_exits_each_field_is_known(finished: Workplace) -> None:
    stations = load(finished.latest / "stage3_final.json")["stations"]
    exits = [found for station in stations for found in station["exits"]]
    answered = [found for found in exits if found.get("access", {}).get("step_free", "unknown") != "unknown"]
    unanswered, named = len(exits) - len(answered), sum(bool(found.get("landmarks")) for found in exits)
    assert f"known for {len(answered)} exits, unknown for {unanswered} |" in README
    assert f"known for {named} exits; each landmark is listed at its nearest exit" in README
    told = (
        f"Of {len(exits)} exits, step-free access is unknown for {unanswered}, and landmarks are unknown for"
    )
    assert f"{told} {len(exits) - named}." in README
    assert all(platform["platform_codes"] for station in stations for platform in station["platforms"])
    assert {"zh_hans", "ta"} <= set.intersection(*(set(station["names"]) for station in stations))


def test_the_readme_says_how_far_the_network_is_known() -> None:
    assert f"reflect what had been announced by {load_network().known_until}" in README


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_links_between_pages_lead_somewhere(page: Any) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
