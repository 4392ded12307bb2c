from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import ExitAccess, StationNames, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.gtfs import EXPORT
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_dataset,
    make_exit,
    make_station,
    provenance,
    station_platform,
)

NS13, NS17, *_ = SMALL_NETWORK.codes
FORMATS_PAGE = Path(__file__).parents[3] / "docs/formats.md"
REQUIRED = {"agency", "stops", "routes", "trips", "stop_times", "calendar"}
"""the reference's, with what it requires where there are translations"""

Feed = dict[str, list[dict[str, str]]]


def _read(dataset: Stage3Output) -> Feed:
    with zipfile.ZipFile(io.BytesIO(EXPORT.render(dataset))) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {
        name.removesuffix(".txt"): list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        for name, text in texts.items()
    }


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _only(**changes: Any) -> Feed:
    """Return the feed of a station with one platform and one exit."""
    facts = {"platforms": (station_platform(NS13, NS17),), "exits": (make_exit(NS13),)}
    return _read(make_dataset(make_station(SMALL_NETWORK, "yishun", **facts | changes)))


@given(hostile_datasets())
def test_stations_platforms_exits_and_names_are_those_of_the_dataset(dataset: Stage3Output) -> None:
    feed = _read(dataset)
    told = [(stop["stop_id"], stop["location_type"], stop["parent_station"]) for stop in feed["stops"]]
    expected: list[tuple[str, str, str]] = []
    for station in dataset.stations:
        expected.append((station.slug, "1", ""))
        expected += [(platform.platform_id, "0", station.slug) for platform in station.platforms]
        expected += [(_line(found.exit_id), "2", station.slug) for found in station.exits]
    assert told == expected
    stops = {stop["stop_id"]: stop for stop in feed["stops"]}
    translated = {(row["record_id"], row["language"]): row["translation"] for row in feed["translations"]}
    for station in dataset.stations:
        assert stops[station.slug]["stop_name"] == _line(station.name)
        for language, tag in (("zh_hans", "zh-Hans"), ("ms", "ms"), ("ta", "ta")):
            name = _line(getattr(station.names, language, None))
            assert translated.get((station.slug, tag), "") == name
        for found in station.exits:
            stop = stops[_line(found.exit_id)]
            assert (float(stop["stop_lat"]), float(stop["stop_lon"])) == (found.lat, found.lng)
            assert stop["stop_code"] == _line(found.exit_code)
    assert [row["attribution"] for row in feed["attributions"]] == [
        _line(document.attribution) for document in dataset.provenance.values()
    ]


@given(hostile_datasets())
def test_no_value_holds_a_tab_or_a_line_break(dataset: Stage3Output) -> None:
    values = [value for rows in _read(dataset).values() for row in rows for value in row.values()]
    assert not [value for value in values if re.search(r"[\t\r\n]", value)]


@pytest.mark.parametrize(
    ("step_free", "told"), [(StepFree.YES, "1"), (StepFree.NO, "2"), (StepFree.UNKNOWN, ""), (None, "")]
)
def test_only_an_exit_says_whether_a_wheelchair_gets_through(step_free: StepFree | None, told: str) -> None:
    access = None if step_free is None else ExitAccess(step_free=step_free, evidence=cited())
    [station, platform, entrance] = _only(exits=(make_exit(NS13, access=access),))["stops"]
    assert entrance["wheelchair_boarding"] == told
    assert station["wheelchair_boarding"] == platform["wheelchair_boarding"] == ""


@pytest.mark.parametrize("doubt", [{"confidence": Confidence.LOW}, {"out_of_service": date(2026, 11, 30)}])
def test_a_yes_that_is_in_doubt_is_left_empty_and_a_no_is_not(doubt: dict[str, Any]) -> None:
    for step_free, told in ((StepFree.YES, ""), (StepFree.NO, "2")):
        access = ExitAccess(step_free=step_free, evidence=cited(), **doubt)
        *_, entrance = _only(exits=(make_exit(NS13, access=access),))["stops"]
        assert entrance["wheelchair_boarding"] == told


@pytest.mark.parametrize(("letters", "told"), [((), ""), (("A",), "A"), (("A", "D", "E"), "A / D / E")])
def test_a_direction_is_one_stop_with_all_its_letters(letters: tuple[str, ...], told: str) -> None:
    platform = station_platform(NS13, NS17, platform_codes=letters)
    [_, stop, _] = _only(platforms=(platform,))["stops"]
    assert (stop["stop_id"], stop["platform_code"]) == (platform.platform_id, told)


def test_a_platform_is_called_like_its_station_in_every_language() -> None:
    feed = _only(names=StationNames(zh_hans="义顺", ta="யீஷூன்", evidence=cited()))
    assert feed["stops"][1]["stop_name"] == "Yishun"
    assert [(row["record_id"], row["language"], row["translation"]) for row in feed["translations"]] == [
        ("yishun", "zh-Hans", "义顺"),
        ("yishun-nsl-NS17", "zh-Hans", "义顺"),
        ("yishun", "ta", "யீஷூன்"),
        ("yishun-nsl-NS17", "ta", "யீஷூன்"),
    ]


def test_a_line_is_a_route_in_its_colour_with_readable_text() -> None:
    routes = _read(make_dataset())["routes"]
    shown = [(route["route_id"], route["route_type"], route["route_color"]) for route in routes]
    assert shown == [("NSL", "1", "D42E12"), ("CCL", "1", "FA9E0D"), ("BPL", "0", "748477")]
    assert [route["route_text_color"] for route in routes] == ["FFFFFF", "000000", "FFFFFF"]


def test_no_colour_or_type_is_made_up_for_a_line_that_the_network_lacks() -> None:
    yishun = make_station(SMALL_NETWORK, "yishun", exits=())
    strange = yishun.codes[0].model_copy(update={"line_code": "XXL"})
    [route] = _read(make_dataset(yishun.model_copy(update={"codes": (strange,)})))["routes"]
    assert {route["route_type"], route["route_color"], route["route_text_color"]} == {""}


def test_no_service_and_no_pathway_is_made_up() -> None:
    feed = _read(make_dataset())
    assert feed.keys() == REQUIRED | {"feed_info", "attributions", "translations"}
    assert feed["trips"] == feed["stop_times"] == feed["calendar"] == []


def test_the_feed_says_for_which_day_it_is_and_whom_to_name() -> None:
    documents = {name: provenance(name, licence="CC-BY-4.0") for name in ("b", "a")}
    feed = _read(make_dataset(provenance=documents))
    assert feed["feed_info"][0]["feed_version"] == "2026-01-05"
    told = [(row["attribution_id"], row["is_producer"], row["licence"]) for row in feed["attributions"]]
    assert told == [("b", "1", "CC-BY-4.0"), ("a", "1", "CC-BY-4.0")]


def test_every_file_of_the_feed_is_documented() -> None:
    page = FORMATS_PAGE.read_text(encoding="utf-8")
    assert [name for name in _read(make_dataset()) if f"`{name}.txt`" not in page] == []
