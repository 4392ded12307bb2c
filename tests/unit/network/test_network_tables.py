"""The recorded network against what is known of it from elsewhere, typed by hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import combinations

import pytest

from mrt_pipeline.contracts.network import TowardsKind
from mrt_pipeline.network import CodeEntry, KnownExit, load_network
from mrt_pipeline.runtime.geometry import to_svy21

DAY = date(2026, 11, 23)
BEFORE_THE_RING = date(2026, 7, 11)
RING_DAY = date(2026, 7, 12)

OPEN_CODES_BY_LINE = {
    "NSL": ["NS1-NS5", "NS7-NS28"],
    "EWL": ["EW1-EW33", "CG", "CG1-CG2"],
    "NEL": ["NE1", "NE3-NE18"],
    "CCL": ["CC1-CC17", "CC19-CC34"],
    "DTL": ["DT1-DT35"],
    "TEL": ["TE1-TE9", "TE11-TE20", "TE22-TE29"],
    "BPL": ["BP1-BP13"],
    "SKL": ["STC", "SE1-SE5", "SW1-SW8"],
    "PGL": ["PTC", "PE1-PE7", "PW1-PW7"],
}
"""LTA's system map of July 2026"""

FUTURE_CODES = [
    "NS3A",
    "NS6",
    "CC18",
    "DT36-DT37",
    "DE1-DE2",
    "TE4A",
    "TE10",
    "TE21",
    "TE22A",
    "TE30-TE32",
    "JS1-JS12",
    "JE1-JE7",
    "JW1-JW5",
    "CR1-CR19",
    "CP1-CP4",
]

OPENED = {
    "NS16": date(1987, 11, 7),
    "EW13": date(1987, 12, 12),
    "NS7": date(1996, 2, 10),
    "BP6": date(1999, 11, 6),
    "CG2": date(2002, 2, 8),
    "NE11": date(2011, 6, 20),
    "CC29": date(2011, 10, 8),
    "CE1": date(2012, 1, 14),
    "DT16": date(2013, 12, 22),
    "NS28": date(2014, 11, 23),
    "DT35": date(2017, 10, 21),
    "NS12": date(2019, 11, 2),
    "TE1": date(2020, 1, 31),
    "TE14": date(2022, 11, 13),
    "TE29": date(2024, 6, 23),
    "PW2": date(2024, 8, 15),
    "NE18": date(2024, 12, 10),
    "DT4": date(2025, 2, 28),
    "CC31": RING_DAY,
    "CC34": RING_DAY,
}
"""LTA's announcements"""

NETWORK = load_network()


def _expand(spans: list[str]) -> list[str]:
    codes: list[str] = []
    for span in spans:
        first, _, last = span.partition("-")
        prefix = first.rstrip("0123456789")
        if last:
            numbers = range(int(first.removeprefix(prefix)), int(last.removeprefix(prefix)) + 1)
            codes += [f"{prefix}{number}" for number in numbers]
        else:
            codes.append(first)
    return codes


def _open_entries(day: date) -> list[CodeEntry]:
    return [entry for entries in NETWORK.open_codes(day).values() for entry in entries]


def _metres(one: CodeEntry | KnownExit, other: CodeEntry | KnownExit) -> float:
    return to_svy21(one.lat, one.lng).distance_m(to_svy21(other.lat, other.lng))


def test_184_stations_with_217_codes_on_nine_lines_are_in_operation() -> None:
    assert len(NETWORK.open_codes(DAY)) == 184
    assert len(_open_entries(DAY)) == 217
    assert {entry.line_code for entry in _open_entries(DAY)} == set(OPEN_CODES_BY_LINE)


@pytest.mark.parametrize("line_code", OPEN_CODES_BY_LINE)
def test_the_codes_in_operation_on_a_line_are_those_of_the_system_map(line_code: str) -> None:
    found = {entry.station_code for entry in _open_entries(DAY) if entry.line_code == line_code}
    assert found == set(_expand(OPEN_CODES_BY_LINE[line_code]))


def test_the_codes_to_come_are_those_that_were_announced() -> None:
    found = {entry.station_code for entries in NETWORK.future_codes(DAY).values() for entry in entries}
    assert found == set(_expand(FUTURE_CODES))


def test_the_codes_that_are_gone_are_the_renumbered_ones_and_ten_mile_junction() -> None:
    gone = {entry.station_code: entry.closed_date for entry in NETWORK.codes if entry.closed_date}
    assert gone == {"CE1": RING_DAY, "CE2": RING_DAY, "BP14": date(2019, 1, 13)}


@pytest.mark.parametrize(("code", "day"), OPENED.items())
def test_a_code_opened_on_the_day_that_was_announced(code: str, day: date) -> None:
    entry = NETWORK.find_code(code)
    assert entry is not None
    assert entry.opened_date == day


def test_every_opening_date_names_where_it_comes_from_as_far_as_that_is_known() -> None:
    dated = {entry.station_code: entry for entry in NETWORK.codes if entry.opened_date}
    assert all(NETWORK.find_date_source(entry) for entry in dated.values())
    announced = {code for code, entry in dated.items() if entry.opened_document == "lta-2026-07-12"}
    assert announced == {"CC30", "CC31", "CC32", "CC33", "CC34"}
    assert all("2026-07-12" in str(NETWORK.find_date_source(dated[code])) for code in announced)
    unconfirmed = [code for code, entry in dated.items() if entry.opened_document == "unconfirmed"]
    assert unconfirmed == ["PE7"]


def test_closing_the_ring_opened_three_stations_and_renumbered_two() -> None:
    before, after = NETWORK.open_codes(BEFORE_THE_RING), NETWORK.open_codes(RING_DAY)
    assert after.keys() - before.keys() == {"keppel", "cantonment", "prince-edward-road"}
    assert before.keys() <= after.keys()
    changed = {slug for slug in before if before[slug] != after[slug]}
    assert changed == {"bayfront", "marina-bay"}
    assert [entry.station_code for entry in before["bayfront"]] == ["CE1", "DT16"]
    assert [entry.station_code for entry in after["bayfront"]] == ["CC34", "DT16"]
    assert [entry.station_code for entry in after["marina-bay"]] == ["NS27", "CC33", "TE20"]


def test_a_slug_is_its_name_in_lower_case_and_hyphens() -> None:
    for slug, name in NETWORK.names.items():
        assert slug == re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", ""))


def test_every_name_has_a_code_and_is_spelled_as_lta_does() -> None:
    assert set(NETWORK.names) == {entry.slug for entry in NETWORK.codes}
    spelled = {"HarbourFront", "MacPherson", "one-north", "Gardens by the Bay", "Founders' Memorial"}
    assert spelled <= set(NETWORK.names.values())


def test_every_code_begins_with_a_prefix_of_its_line() -> None:
    prefixes = {line.line_code: line.code_prefixes for line in NETWORK.lines}
    for entry in NETWORK.codes:
        assert re.match(r"[A-Z]+?(?=\d|$)", entry.station_code)[0] in prefixes[entry.line_code]  # type: ignore[index]  # a code begins with letters


def test_lines_have_their_order_and_colours() -> None:
    codes = [line.line_code for line in NETWORK.lines]
    assert codes[:9] == ["NSL", "EWL", "NEL", "CCL", "DTL", "TEL", "BPL", "SKL", "PGL"]
    colours = {line.line_code: line.colour for line in NETWORK.lines}
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in colours.values())
    assert colours["NSL"] == "#D42E12"
    assert colours["EWL"] == "#009645"
    assert {line.line_code for line in NETWORK.lines if line.mode == "lrt"} == {"BPL", "SKL", "PGL"}


def test_every_position_is_in_singapore() -> None:
    for entry in NETWORK.codes:
        assert 1.22 < entry.lat < 1.47
        assert 103.6 < entry.lng < 104.05


def test_the_buildings_of_a_station_are_near_each_other() -> None:
    for entries in NETWORK.open_codes(DAY).values():
        first = entries[0]
        for entry in entries:
            assert _metres(first, entry) < 350


@pytest.mark.parametrize("day", [date(2005, 6, 1), date(2016, 6, 1), BEFORE_THE_RING, DAY])
def test_stations_that_follow_each_other_are_a_short_ride_apart(day: date) -> None:
    for directions in NETWORK.directions(day).values():
        for direction in directions:
            here, there = NETWORK.find_code(direction.station_code), NETWORK.find_code(direction.next_code)
            assert here is not None
            assert there is not None
            metres = _metres(here, there)
            assert 200 < metres < 5800, (here.station_code, there.station_code)


@pytest.mark.parametrize("day", [BEFORE_THE_RING, DAY])
def test_trains_call_at_every_code_in_operation(day: date) -> None:
    assert set(NETWORK.directions(day)) == {entry.station_code for entry in _open_entries(day)}


def test_the_circle_line_became_a_ring_with_a_branch_to_dhoby_ghaut() -> None:
    def services(day: date) -> set[str]:
        directions = NETWORK.directions(day).values()
        return {item.service_id for items in directions for item in items if item.line_code == "CCL"}

    assert services(BEFORE_THE_RING) == {"ccl-main", "ccl-marina-bay"}
    assert services(RING_DAY) == {"ccl-ring", "ccl-dhoby-ghaut"}


def test_on_the_ring_trains_leave_promenade_for_both_neighbours() -> None:
    following = [item.next_code for item in NETWORK.directions(RING_DAY)["CC4"]]
    assert Counter(following) == Counter(["CC5", "CC34", "CC3"])


@pytest.mark.parametrize(
    ("code", "towards", "following"),
    [
        ("STC", "STC", {"SE1", "SE5", "SW1", "SW8"}),
        ("SE1", "STC", {"STC", "SE2"}),
        ("SE3", "STC", {"SE2", "SE4"}),
        ("SW4", "STC", {"SW3", "SW5"}),
        ("PTC", "PTC", {"PE1", "PE7", "PW1", "PW7"}),
        ("PE4", "PTC", {"PE3", "PE5"}),
        ("PW7", "PTC", {"PW6", "PTC"}),
        ("BP6", "BP1", {"BP5", "BP7", "BP13"}),
        ("BP7", "BP1", {"BP6", "BP8"}),
        ("BP10", "BP1", {"BP9", "BP11"}),
        ("BP13", "BP1", {"BP12", "BP6"}),
    ],
)
def test_both_directions_of_a_loop_have_the_signed_destination_and_differ_in_the_next_station(
    code: str, towards: str, following: set[str]
) -> None:
    found = NETWORK.directions(DAY)[code]
    assert {item.towards_code for item in found} == {towards}
    assert sorted(item.next_code for item in found) == sorted(following)


def test_what_a_direction_goes_to_is_marked_and_only_the_ring_has_no_terminus() -> None:
    kinds: dict[TowardsKind, set[str]] = {}
    for found in NETWORK.directions(DAY).values():
        for item in found:
            kinds.setdefault(item.towards_kind, set()).add(item.service_id)
    assert kinds[TowardsKind.NEXT_STATION] == {"ccl-ring"}
    assert kinds[TowardsKind.LOOP_RETURN] == {"bpl-loop", "skl-east", "skl-west", "pgl-east", "pgl-west"}
    assert not kinds[TowardsKind.TERMINUS] & (
        kinds[TowardsKind.NEXT_STATION] | kinds[TowardsKind.LOOP_RETURN]
    )


def test_before_the_ring_no_direction_of_the_circle_line_lacked_a_terminus() -> None:
    found = [item for items in NETWORK.directions(BEFORE_THE_RING).values() for item in items]
    assert TowardsKind.NEXT_STATION not in {item.towards_kind for item in found}


@pytest.mark.parametrize("day", [date(2005, 6, 1), date(2016, 6, 1), BEFORE_THE_RING, DAY])
def test_no_two_directions_of_a_code_are_the_same(day: date) -> None:
    for code, found in NETWORK.directions(day).items():
        keys = [(item.line_code, item.towards_code, item.next_code) for item in found]
        assert len(set(keys)) == len(keys), code


def test_known_exits_have_ids_of_safe_letters_each_once() -> None:
    ids = [known.exit_id for known in NETWORK.known_exits]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+-[A-Z0-9]{1,2}(-[a-z]+)?", exit_id) for exit_id in ids)
    assert {"harbourfront-nel-A", "harbourfront-ccl-A", "bedok-north-dtl-B-south"} <= set(ids)


def test_known_exits_of_one_label_are_farther_apart_than_a_new_survey_moves_them() -> None:
    for one, other in combinations(NETWORK.known_exits, 2):
        if (one.slug, one.exit_code) == (other.slug, other.exit_code):
            assert _metres(one, other) > 20


def test_every_known_exit_says_why_it_was_settled() -> None:
    assert all(known.reason for known in NETWORK.known_exits)
