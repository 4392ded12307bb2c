"""Where trains go from the platforms of an exit; the tricky places of the network by hand."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.network import Station, TowardsKind
from mrt_pipeline.network import Direction, load_network
from mrt_pipeline.sources.network import claims as network_source
from mrt_pipeline.sources.network.claims import source_of
from tests.fakes.network_builder import EXITS_DOCUMENT, make_exit, make_station
from tests.unit.sources.bus_scene import context_of, entry_of, tables_of

AS_OF = date(2026, 11, 23)
NETWORK = load_network()
SOURCE = network_source.open_source(context_of(), tables_of())


def departures(slug: str, as_of: date = AS_OF) -> list[str]:
    """Return a station's directions as ``code>next(terminal)``, once all its exits are seen to have them."""
    source = source_of(NETWORK, NETWORK.directions(as_of))
    claims = source.claims_for(make_station(NETWORK, slug, as_of), ())
    found = [
        [f"{item.station_code}>{item.next_code}({item.towards_code})" for item in each.platforms]
        for each in claims.exits
    ]
    assert all(each == found[0] for each in found)
    return found[0]


def buildings(station: Station) -> dict[str, set[str]]:
    """Return, for each exit, the codes whose platforms are in its own building."""
    return {
        found.exit_id: {item.station_code for item in found.platforms if item.is_same_building}
        for found in SOURCE.claims_for(station, ()).exits
    }


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        # between two terminals, and at a terminal
        ("yishun", "NS13>NS14(NS28) NS13>NS12(NS1)"),
        ("marina-south-pier", "NS28>NS27(NS1)"),
        ("woodlands-north", "TE1>TE2(TE29)"),
        ("pasir-ris", "EW1>EW2(EW33)"),
        # beside a station that is not open: NS3A, TE22A
        ("bukit-gombak", "NS3>NS4(NS28) NS3>NS2(NS1)"),
        ("gardens-by-the-bay", "TE22>TE23(TE29) TE22>TE20(TE1)"),
        # the Changi branch begins at Tanah Merah, as CG
        ("tanah-merah", "EW4>EW5(EW33) EW4>EW3(EW1) CG>CG1(CG2)"),
        ("expo", "CG1>CG2(CG2) CG1>CG(CG) DT35>DT34(DT1)"),
        ("changi-airport", "CG2>CG1(CG)"),
        # the Circle line is a ring with a branch to Dhoby Ghaut
        ("promenade", "CC4>CC5(CC5) CC4>CC34(CC34) CC4>CC3(CC1) DT15>DT16(DT35) DT15>DT14(DT1)"),
        ("esplanade", "CC3>CC4(CC4) CC3>CC2(CC1)"),
        ("bayfront", "CC34>CC4(CC4) CC34>CC33(CC33) DT16>DT17(DT35) DT16>DT15(DT1)"),
        ("keppel", "CC30>CC31(CC31) CC30>CC29(CC29)"),
        # an LRT trunk that ends in a loop
        ("choa-chu-kang", "NS4>NS5(NS28) NS4>NS3(NS1) BP1>BP2(BP6)"),
        ("bukit-panjang", "DT1>DT2(DT35) BP6>BP5(BP1) BP6>BP7(BP1) BP6>BP13(BP1)"),
        ("senja", "BP13>BP6(BP1) BP13>BP12(BP1)"),
        # two loops from one LRT station
        (
            "sengkang",
            "NE16>NE17(NE18) NE16>NE15(NE1) STC>SE1(STC) STC>SE5(STC) STC>SW1(STC) STC>SW8(STC)",
        ),
        (
            "punggol",
            "NE17>NE18(NE18) NE17>NE16(NE1) PTC>PE1(PTC) PTC>PE7(PTC) PTC>PW1(PTC) PTC>PW7(PTC)",
        ),
        # three lines
        ("dhoby-ghaut", "NS24>NS25(NS28) NS24>NS23(NS1) NE6>NE7(NE18) NE6>NE5(NE1) CC1>CC2(CC4)"),
    ],
)
def test_trains_go_where_the_network_says(slug: str, expected: str) -> None:
    assert departures(slug) == expected.split()


def test_before_the_ring_was_closed_trains_went_to_its_ends() -> None:
    """The Circle line became a ring on 2026-07-12."""
    assert departures("promenade", date(2026, 7, 11)) == [
        "CC4>CC5(CC29)",
        "CC4>CC3(CC1)",
        "CC4>CE1(CE2)",
        "DT15>DT16(DT35)",
        "DT15>DT14(DT1)",
    ]
    assert departures("bayfront", date(2026, 7, 11))[:2] == ["CE1>CE2(CE2)", "CE1>CC4(CC4)"]


@pytest.mark.parametrize(
    ("slug", "same"),
    [
        ("jurong-east", {"jurong-east-nsl-A": {"NS1", "EW24"}}),
        ("tanah-merah", {"tanah-merah-ewl-A": {"EW4", "CG"}}),
        ("bayfront", {"bayfront-ccl-A": {"CC34", "DT16"}}),
    ],
)
def test_platforms_at_one_position_are_in_one_building(slug: str, same: dict[str, set[str]]) -> None:
    exit_of_first = make_exit(NETWORK.open_codes(AS_OF)[slug][0])
    assert buildings(make_station(NETWORK, slug, AS_OF, exits=(exit_of_first,))) == same


def test_platforms_of_other_buildings_are_distinguished() -> None:
    for slug in ("bukit-panjang", "promenade", "dhoby-ghaut", "tampines", "expo", "choa-chu-kang"):
        station = make_station(NETWORK, slug, AS_OF)
        assert list(buildings(station).values()) == [{found.station_code} for found in station.exits]


def test_a_building_without_exits_of_its_own_is_another_building_all_the_same() -> None:
    dt1 = make_exit(entry_of("DT1"))
    assert buildings(make_station(NETWORK, "bukit-panjang", AS_OF, exits=(dt1,))) == {dt1.exit_id: {"DT1"}}


def test_two_lines_at_one_position_with_exits_of_their_own_are_two_buildings() -> None:
    """OneMap puts both of HarbourFront's at one point; their exits A are 249 m apart."""
    ne1, cc29 = entry_of("NE1"), entry_of("CC29")
    assert (ne1.lat, ne1.lng) == (cc29.lat, cc29.lng)
    station = make_station(NETWORK, "harbourfront", AS_OF)
    assert buildings(station) == {"harbourfront-nel-A": {"NE1"}, "harbourfront-ccl-A": {"CC29"}}


@pytest.mark.parametrize(
    ("slug", "exit_id", "code", "premises"),
    [
        ("yishun", "yishun-nsl-A", "NS13", ["NS13"]),
        ("harbourfront", "harbourfront-nel-A", "CC29", ["NE1", "CC29"]),
        ("jurong-east", "jurong-east-nsl-A", "EW24", ["NS1", "EW24"]),
    ],
)
def test_whether_it_is_one_building_rests_on_the_exit_and_on_both_codes_not_on_a_service(
    slug: str, exit_id: str, code: str, premises: list[str]
) -> None:
    claims = SOURCE.claims_for(make_station(NETWORK, slug, AS_OF), ())
    [found] = [item for item in claims.exits if item.exit_id == exit_id]
    for platform in found.platforms:
        reasons = platform.evidence["is_same_building"]
        assert {item.method for item in reasons} == {Method.DEDUCTION}
        if platform.station_code == code:
            assert reasons[0].document_id == EXITS_DOCUMENT, "why the exit is of its building"
            assert [item.record_id for item in reasons[1:]] == premises


def test_a_direction_rests_on_the_service_that_runs_there() -> None:
    claims = SOURCE.claims_for(make_station(NETWORK, "tanah-merah", AS_OF), ())
    platforms = claims.exits[0].platforms
    assert [item.evidence_for("next_code")[0].record_id for item in platforms] == [
        "ewl-main",
        "ewl-main",
        "ewl-changi",
    ]
    assert {item.evidence_for("next_code")[0].method for item in platforms} == {Method.TOPOLOGY}
    assert {item.evidence_for("next_code")[0].document_id for item in platforms} == set(claims.provenance)
    assert {item.platform_code for item in platforms} == {None}
    assert {item.line_code for item in platforms} == {"EWL"}


def test_two_services_that_go_the_same_way_are_one_direction_with_two_reasons() -> None:
    directions = {"NS13": tuple(Direction(name, "NS13", "NSL", "NS28", "NS14") for name in ("main", "short"))}
    claims = source_of(NETWORK, directions).claims_for(make_station(NETWORK, "yishun", AS_OF), ())
    (platform,) = claims.exits[0].platforms
    assert [reason.record_id for reason in platform.evidence_for("next_code")] == ["main", "short"]


def test_two_ways_to_one_terminal_are_two_directions() -> None:
    directions = {"NS13": tuple(Direction("main", "NS13", "NSL", "NS28", code) for code in ("NS14", "NS12"))}
    claims = source_of(NETWORK, directions).claims_for(make_station(NETWORK, "yishun", AS_OF), ())
    assert [item.next_code for item in claims.exits[0].platforms] == ["NS14", "NS12"]


def test_every_open_code_has_a_direction_and_every_direction_leads_to_an_open_code() -> None:
    open_codes = NETWORK.open_codes(AS_OF)
    known = {entry.station_code for entries in open_codes.values() for entry in entries}
    for slug, entries in open_codes.items():
        claims = SOURCE.claims_for(make_station(NETWORK, slug, AS_OF), ())
        for found in claims.exits:
            assert {item.station_code for item in found.platforms} == {e.station_code for e in entries}
            assert {code for item in found.platforms for code in (item.towards_code, item.next_code)} <= known
            assert all(item.next_code != item.station_code for item in found.platforms)
            ending_here = {
                item.towards_kind for item in found.platforms if item.towards_code == item.station_code
            }
            assert ending_here <= {TowardsKind.LOOP_RETURN}, "only a loop goes back to where it began"


def test_where_a_train_goes_on_to_one_comes_back_from() -> None:
    """Each next station has a direction whose next station is this one."""
    steps = {
        (item.station_code, item.next_code)
        for slug in NETWORK.open_codes(AS_OF)
        for found in SOURCE.claims_for(make_station(NETWORK, slug, AS_OF), ()).exits
        for item in found.platforms
    }
    assert {(there, here) for here, there in steps} == steps


def test_the_source_says_its_name_its_version_and_can_be_sent_to_another_process() -> None:
    station = make_station(NETWORK, "yishun", AS_OF)
    SOURCE.prepare((station,))
    assert SOURCE.name == SOURCE.claims_for(station, ()).source == "network"
    assert SOURCE.version_for(station) == NETWORK.sha256
    sent = pickle.loads(pickle.dumps(SOURCE))  # noqa: S301 - our own bytes
    assert sent.claims_for(station, ()) == SOURCE.claims_for(station, ())


def test_a_station_without_exits_gets_no_platforms() -> None:
    assert SOURCE.claims_for(make_station(NETWORK, "yishun", AS_OF, exits=()), ()).exits == ()
