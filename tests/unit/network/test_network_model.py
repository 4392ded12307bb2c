from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrt_pipeline.network import CodeEntry, Line, Network, Service, compose_exit_id, load_network

OPENED = date(2012, 1, 14)
CLOSED = date(2026, 7, 12)
A_DAY = timedelta(days=1)
DAYS = st.dates(min_value=date(1987, 1, 1), max_value=date(2040, 1, 1))


def _entry(
    code: str, slug: str, line: str, opened: date | None = OPENED, closed: date | None = None
) -> CodeEntry:
    return CodeEntry(code, slug, line, opened, closed, None, 1.3, 103.8, "manual")


def _network(*codes: CodeEntry, services: tuple[Service, ...] = ()) -> Network:
    lines = (
        Line("NSL", "North-South Line", "mrt", ("NS",), "#000000"),
        Line("CCL", "Circle", "mrt", ("CC",), "#0"),
    )
    return Network(lines, {entry.slug: entry.slug.title() for entry in codes}, codes, services, "0" * 64)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [(OPENED - A_DAY, False), (OPENED, True), (CLOSED - A_DAY, True), (CLOSED, False)],
)
def test_a_code_is_open_from_its_first_day_until_the_day_before_it_closed(day: date, is_open: bool) -> None:
    assert _entry("CE1", "bayfront", "CCL", OPENED, CLOSED).is_open(day) is is_open


def test_a_place_opened_under_its_code_and_under_the_one_that_became_it() -> None:
    before = replace(_entry("CE1", "bayfront", "CCL", OPENED, CLOSED), renumbered_to="CC34")
    network = _network(before, _entry("CC34", "bayfront", "CCL", CLOSED), _entry("CC99", "x", "CCL", None))
    opened = {code: network.opened_dates(code) for code in ("CE1", "CC34", "CC99", "XX1")}
    assert opened == {"CE1": [OPENED], "CC34": [OPENED, CLOSED], "CC99": [], "XX1": []}


def test_a_code_without_a_date_is_to_come() -> None:
    entry = _entry("CC18", "bukit-brown", "CCL", None)
    assert entry.is_future(CLOSED)
    assert not entry.is_open(CLOSED)


def test_codes_of_a_station_stand_in_the_order_of_lines_whatever_the_table_says() -> None:
    network = _network(_entry("CC15", "bishan", "CCL"), _entry("NS17", "bishan", "NSL"))
    assert [entry.station_code for entry in network.open_codes(OPENED)["bishan"]] == ["NS17", "CC15"]


@settings(deadline=None)  # the first example reads the tables
@given(DAYS)
def test_no_code_is_both_open_and_to_come_on_any_day(day: date) -> None:
    network = load_network()
    opened = {entry for entries in network.open_codes(day).values() for entry in entries}
    future = {entry for entries in network.future_codes(day).values() for entry in entries}
    assert not opened & future


@settings(deadline=None)  # the first example reads the tables
@given(DAYS)
def test_trains_go_only_between_open_codes_and_in_both_directions(day: date) -> None:
    network = load_network()
    opened = {entry.station_code for entries in network.open_codes(day).values() for entry in entries}
    directions = [item for items in network.directions(day).values() for item in items]
    hops = {(item.service_id, item.station_code, item.next_code) for item in directions}
    assert all((service, there, here) in hops for service, here, there in hops)
    assert {code for _, here, there in hops for code in (here, there)} <= opened


def test_a_terminal_has_one_direction_and_a_station_between_has_two() -> None:
    codes = [_entry(f"NS{number}", f"s{number}", "NSL") for number in (1, 2, 3)]
    service = Service("nsl", "NSL", False, None, None, ("NS1", "NS2", "NS3"))
    directions = _network(*codes, services=(service,)).directions(OPENED)
    assert [item.towards_code for item in directions["NS1"]] == ["NS3"]
    assert [item.towards_code for item in directions["NS2"]] == ["NS3", "NS1"]


def test_a_loop_goes_on_from_its_last_station_to_its_first() -> None:
    codes = [_entry(f"NS{number}", f"s{number}", "NSL") for number in (1, 2, 3)]
    service = Service("nsl", "NSL", True, None, None, ("NS1", "NS2", "NS3"))
    directions = _network(*codes, services=(service,)).directions(OPENED)
    assert [item.next_code for item in directions["NS3"]] == ["NS1", "NS2"]


def test_trains_pass_stations_that_are_not_open() -> None:
    codes = [_entry("NS1", "s1", "NSL"), _entry("NS2", "s2", "NSL", None), _entry("NS3", "s3", "NSL")]
    service = Service("nsl", "NSL", False, None, None, ("NS1", "NS2", "NS3"))
    directions = _network(*codes, services=(service,)).directions(OPENED)
    assert directions.keys() == {"NS1", "NS3"}
    assert directions["NS1"][0].next_code == "NS3"


@pytest.mark.parametrize(
    ("suffix", "expected"), [("", "bedok-north-dtl-B"), ("south", "bedok-north-dtl-B-south")]
)
def test_an_exit_id_is_made_of_slug_line_label_and_suffix(suffix: str, expected: str) -> None:
    assert compose_exit_id("bedok-north", "DTL", "B", suffix) == expected
