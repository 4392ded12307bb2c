"""A platform is published when the page gives sign and direction, and the network has that direction."""

from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.findings import Side
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.extraction.candidates import Candidate
from tests.fakes.network_builder import make_station
from tests.unit.extraction.scene import AS_OF, NETWORK, YISHUN, grounded, reasons, said

BOTH = "Platform A: towards Jurong East; Platform B: towards Marina South Pier"


def platform(value: str, towards: str, quote: str = BOTH, **more: Any) -> Candidate:
    return said("platform", value, quote, more.pop("exit_label", None), towards=towards, **more)


def test_a_platform_said_of_no_exit_is_hung_on_every_exit() -> None:
    exits, rejected, _ = grounded(BOTH, platform("A", "Jurong East"))
    assert not rejected
    assert [item.exit_id for item in exits] == [item.exit_id for item in YISHUN.exits]
    found = exits[0].platforms[0]
    assert (found.platform_code, found.station_code, found.line_code) == ("A", "NS13", "NSL")
    assert (found.towards_code, found.next_code) == ("NS1", "NS12")
    assert found.is_same_building


def test_a_platform_said_of_one_exit_is_hung_on_that_exit_only() -> None:
    exits, _, _ = grounded(BOTH, platform("B", "NS28", BOTH + " NS28", exit_label="C"))
    assert not exits
    exits, _, _ = grounded(BOTH, platform("B", "Marina South Pier", exit_label="C"))
    assert [item.exit_id for item in exits] == ["yishun-nsl-C"]


@pytest.mark.parametrize("towards", ["Jurong East", "Jurong East MRT Station", "NS1"])
def test_a_direction_is_known_by_name_or_code(towards: str) -> None:
    text = f"Platform A towards {towards}"
    exits, _, _ = grounded(text, platform("A", towards, text))
    assert exits[0].platforms[0].towards_code == "NS1"


def test_a_next_station_stands_for_its_direction() -> None:
    text = "Platform B: next station Khatib"
    exits, _, _ = grounded(text, platform("B", "Khatib", text))
    assert exits[0].platforms[0].towards_code == "NS28"


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (platform("B", "Jurong East"), "platform-not-in-quote"),
        (platform("C", "Jurong East"), "value-not-in-quote"),
        (platform("A", "Woodlands"), "value-not-in-quote"),
        (platform("A", ""), "value-not-in-quote"),
        (platform("AB", "Jurong East"), "platform-not-a-label"),
        (platform("A", "Jurong East", line="East West Line"), "direction-unknown"),
        (platform("A", "Jurong East", line="Moon Line"), "line-unknown"),
        (platform("A", "Jurong East", exit_label="Z"), "exit-unknown"),
    ],
)
def test_a_platform_without_hold_is_rejected(candidate: Candidate, reason: str) -> None:
    assert reasons(BOTH, candidate) == [reason]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Platform A towards Atlantis", "direction-unknown"),
        ("Platform A is not used by trains towards Woodlands", "negated"),
        ("Platform A will serve trains towards Woodlands", "not-current"),
    ],
)
def test_a_direction_the_network_does_not_have_here_is_rejected(text: str, reason: str) -> None:
    assert reasons(text, platform("A", text.rsplit(" ", 1)[1], text)) == [reason]


def test_a_line_is_known_by_name_code_or_prefix() -> None:
    for line in ("North South Line", "NSL", "NS", "north-south line"):
        exits, _, _ = grounded(BOTH, platform("A", "Jurong East", line=line))
        assert exits


@pytest.mark.parametrize(
    ("slug", "goal", "towards", "next_code"),
    [
        (
            "harbourfront",
            "Punggol",
            "NE18",
            "NE3",
        ),  # trains have gone on to Punggol Coast since December 2024
        ("yishun", "Woodlands", "NS1", "NS12"),
        ("farrer-road", "HarbourFront", "CC21", "CC21"),  # where trains ended until the line became a ring
        ("farrer-road", "Bishan", None, None),  # ahead whichever way round the ring
    ],
)
def test_a_place_that_trains_went_to_or_reach_on_their_way_tells_the_direction(
    slug: str, goal: str, towards: str | None, next_code: str | None
) -> None:
    text = f"Platform A towards {goal}"
    exits, _, _ = grounded(text, platform("A", goal, text), station=make_station(NETWORK, slug, AS_OF))
    found = {(it.towards_code, it.next_code) for item in exits for it in item.platforms}
    assert found == ({(towards, next_code)} if towards else set())


def test_a_platform_of_the_other_building_is_marked_so() -> None:
    bukit_panjang = make_station(NETWORK, "bukit-panjang", AS_OF)  # an exit at DT1, one at BP6
    text = "Platform A towards Expo"
    exits, _, _ = grounded(text, platform("A", "Expo", text), station=bukit_panjang)
    assert [item.platforms[0].is_same_building for item in exits] == [True, False]
    for item in exits:
        reasons_given = item.platforms[0].evidence["is_same_building"]
        assert {reason.method for reason in reasons_given} == {Method.DEDUCTION}
        assert not any(reason.quote for reason in reasons_given), "the page says nothing of buildings"


def test_two_signs_for_one_direction_are_both_withheld_and_told() -> None:
    text = "Platform A: towards Jurong East\nPlatform C: towards Jurong East"
    lines = text.split("\n")
    exits, _, findings = grounded(
        text, platform("A", "Jurong East", lines[0]), platform("C", "Jurong East", lines[1])
    )
    assert not any(item.platforms for item in exits)
    assert findings[0].check == "sources-disagree"
    assert "A, C" in findings[0].message
    assert findings[0].sides == tuple(
        Side(speaker="one page", says=letter, words=repr(line))
        for letter, line in zip("AC", lines, strict=True)
    )


def test_a_rule_may_read_sign_and_direction_from_two_cells() -> None:
    text = "Platform\tDestination\nA\tJurong East"
    by_rule = platform("A", "Jurong East", "A\tJurong East", method=Method.RULE)
    exits, _, _ = grounded(text, by_rule)
    assert exits[0].platforms[0].platform_code == "A"
    exits, _, _ = grounded(text, platform("A", "Jurong East", "A\tJurong East"))
    assert exits[0].platforms[0].platform_code == "A"


@pytest.mark.parametrize(
    "text",
    [
        "Platform A serves trains from Jurong East.",
        "Trains from Jurong East terminate at Platform A.",
        "Platform A is opposite the platform towards Jurong East.",
        "The platform towards Jurong East is opposite Platform A.",
        "Platform A: trains via Jurong East",
        "Platform A is next to Jurong East signage.",
        "Platform | Trains from\nA | Jurong East",
    ],
)
def test_a_station_that_trains_do_not_go_to_is_no_direction(text: str) -> None:
    quote = text.rsplit("\n")[-1]
    assert reasons(text, platform("A", "Jurong East", quote)) == ["direction-not-said"]


@pytest.mark.parametrize(
    "text",
    [
        "Trains towards Jurong East depart from Platform A.",
        "Trains to Jurong East use Platform A.",
        "Platform A serves trains bound for Jurong East.",
        "Jurong East-bound trains stop at Platform A.",
        "Platform A: Jurong East",
        "Platform | Destination\nA | Jurong East",
    ],
)
def test_a_station_that_trains_are_said_to_go_to_is_a_direction(text: str) -> None:
    exits, rejected, _ = grounded(text, platform("A", "Jurong East", text.rsplit("\n")[-1]))
    assert exits and not rejected


RUMBIA = make_station(NETWORK, "rumbia", AS_OF)
COMPASSVALE = make_station(NETWORK, "compassvale", AS_OF)
SENJA = make_station(NETWORK, "senja", AS_OF)
SENGKANG = make_station(NETWORK, "sengkang", AS_OF)


@pytest.mark.parametrize(
    ("station", "goal"),
    [
        (RUMBIA, "Sengkang"),
        (COMPASSVALE, "Sengkang"),
        (SENGKANG, "Sengkang"),
        (SENJA, "Choa Chu Kang"),
        (make_station(NETWORK, "nibong", AS_OF), "Punggol"),
    ],
    ids=lambda item: getattr(item, "slug", item),
)
def test_where_both_platforms_go_its_name_alone_tells_neither(station: Station, goal: str) -> None:
    text = f"Platform 1: towards {goal}"
    assert reasons(text, platform("1", goal, text), station=station) == ["direction-ambiguous"]


@pytest.mark.parametrize(
    ("station", "goal", "way"),
    [
        (RUMBIA, "Compassvale", ("SE2", "STC", "SE1")),
        (RUMBIA, "Bakau", ("SE2", "STC", "SE3")),
        (SENJA, "Bukit Panjang", ("BP13", "BP1", "BP6")),
        (SENGKANG, "Cheng Lim", ("STC", "STC", "SW1")),
        (make_station(NETWORK, "bukit-panjang", AS_OF), "Choa Chu Kang", ("BP6", "BP1", "BP5")),
    ],
    ids=lambda item: getattr(item, "slug", str(item)),
)
def test_on_a_loop_the_next_station_tells_the_platform_and_a_terminus_its_own_trains(
    station: Station, goal: str, way: tuple[str, str, str]
) -> None:
    text = f"Platform 1: towards {goal}"
    exits, rejected, _ = grounded(text, platform("1", goal, text), station=station)
    assert not rejected
    found = {(p.station_code, p.towards_code, p.next_code) for item in exits for p in item.platforms}
    assert found == {way}


def test_a_dispute_over_one_way_round_a_loop_leaves_the_other_its_letter() -> None:
    lines = ["Platform 1: towards Compassvale", "Platform 2: towards Bakau", "Platform 3: towards Bakau"]
    said_here = [platform(line[9], line.rsplit(" ", 1)[1], line) for line in lines]
    exits, _, findings = grounded("\n".join(lines), *said_here, station=RUMBIA)
    assert [(p.next_code, p.platform_code) for item in exits for p in item.platforms] == [("SE1", "1")]
    assert {finding.field for finding in findings} == {"platforms.SE2>SE3.platform_code"}
