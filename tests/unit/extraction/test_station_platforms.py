"""How what is claimed of the exits of a station becomes the platforms of the station."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import ExitPlatform, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.exit_platforms import cite_buildings
from mrt_pipeline.extraction.merging import merge_claims
from tests.fakes.enrichment_sources import quoted
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_platform,
    open_stations,
    provenance,
)

NS13, NS17, *_OTHERS = SMALL_NETWORK.codes
YISHUN, BISHAN, _SENJA = open_stations()
[EXIT] = YISHUN.exits
PAGE = "wiki:Yishun@7"
OTHER_PAGE = "blog:Yishun"
PUBLISHERS = {
    PAGE: provenance(PAGE, publisher="Wiki"),
    OTHER_PAGE: provenance(OTHER_PAGE, publisher="Blog"),
}


def _claims(*platforms: ExitPlatform) -> StationClaims:
    exits = (ExitEnrichment(exit_id=EXIT.exit_id, platforms=platforms),)
    return StationClaims(source="network", exits=exits)


def _records(letters: str, exits: Sequence[StationExit] = BISHAN.exits) -> StationClaims:
    """Return what a source of records claims of the letters of one direction at some exits."""
    evidence = cited("label", "blog:Yishun")
    return StationClaims(
        source="mrtdown",
        exits=tuple(
            ExitEnrichment(
                exit_id=found.exit_id,
                platforms=tuple(
                    make_platform(NS17, NS13, platform_code=letter, evidence=evidence) for letter in letters
                ),
            )
            for found in exits
        ),
        provenance=PUBLISHERS,
    )


def _page_of_bishan(*letters: str) -> StationClaims:
    """Return what a page says of one direction, a letter for each exit."""
    exits = tuple(
        ExitEnrichment(
            exit_id=found.exit_id,
            platforms=(
                make_platform(NS17, NS13, platform_code=letter, evidence=quoted(f"Platform {letter}")),
            ),
        )
        for found, letter in zip(BISHAN.exits, letters, strict=False)
    )
    return StationClaims(source="fandom_wiki", exits=exits, provenance=PUBLISHERS)


def test_every_letter_that_a_source_of_records_gives_to_one_direction_is_published() -> None:
    merged = merge_claims(BISHAN, [_records("DA")])
    assert [platform.platform_codes for platform in merged.platforms] == [("A", "D")]
    assert merged.findings == ()


def test_who_names_one_of_several_letters_does_not_contradict_and_makes_none_certain() -> None:
    merged = merge_claims(BISHAN, [_records("AD"), _page_of_bishan("A")])
    [platform] = merged.platforms
    assert (platform.platform_codes, merged.findings) == (("A", "D"), ())
    assert {reason.document_id for reason in platform.evidence_for("platform_codes")} == {OTHER_PAGE}
    alone = merge_claims(BISHAN, [_records("AD")])
    assert platform.confidence is alone.platforms[0].confidence


@pytest.mark.parametrize(
    "claims",
    [
        [_records("AD"), _page_of_bishan("B")],
        [_records("A", BISHAN.exits[:1]), _page_of_bishan("B")],
        [_page_of_bishan("A", "B")],
    ],
)
def test_letters_that_contradict_each_other_anywhere_in_a_station_are_told_once_and_not_published(
    claims: list[StationClaims],
) -> None:
    merged = merge_claims(BISHAN, claims)
    [platform] = merged.platforms
    assert platform.platform_codes == ()
    assert [(finding.exit_id, finding.field) for finding in merged.findings] == [
        (None, "platforms.NS17>NS13.platform_code")
    ]


def _timetable(letters: str) -> StationClaims:
    """Return what a source that outranks ``mrtdown`` claims of the letters of the same direction."""
    return _records(letters).model_copy(update={"source": "timetable", "outranks": ("mrtdown",)})


@pytest.mark.parametrize("order", [1, -1])
def test_a_source_that_outranks_another_is_believed_where_both_differ_and_both_sides_are_told(
    order: int,
) -> None:
    merged = merge_claims(BISHAN, [_timetable("D"), _records("AD")][::order])
    [platform], [finding] = merged.platforms, merged.findings
    assert platform.platform_codes == ("D",)
    assert finding.field == "platforms.NS17>NS13.platform_code"
    assert {(side.speaker, side.says) for side in finding.sides or ()} == {
        ("timetable", "D"),
        ("mrtdown", "A"),
        ("mrtdown", "D"),
    }
    assert "the letters of timetable are published" in finding.message
    assert [item.platforms for item in merged.exits] == [links_to(platform)] * 2


@pytest.mark.parametrize("letters", ["D", "AD"])
def test_who_names_nothing_that_a_higher_source_lacks_does_not_differ_from_it(letters: str) -> None:
    merged = merge_claims(BISHAN, [_timetable("AD"), _records(letters)])
    assert ([platform.platform_codes for platform in merged.platforms], merged.findings) == ([("A", "D")], ())


def test_a_page_that_contradicts_the_higher_source_is_disputed_whatever_the_lower_one_says() -> None:
    merged = merge_claims(BISHAN, [_timetable("D"), _records("A"), _page_of_bishan("A")])
    assert merged.platforms[0].platform_codes == ()
    assert len(merged.findings) == 2


def test_a_letter_that_is_said_of_one_exit_is_that_of_the_platform_for_all_exits() -> None:
    network = StationClaims(
        source="network",
        exits=tuple(
            ExitEnrichment(exit_id=found.exit_id, platforms=(make_platform(NS17, NS13),))
            for found in BISHAN.exits
        ),
    )
    merged = merge_claims(BISHAN, [network, _page_of_bishan("A")])
    [platform] = merged.platforms
    assert platform.platform_codes == ("A",)
    assert [item.platforms for item in merged.exits] == [links_to(platform)] * 2


def test_an_exit_leads_only_to_platforms_that_it_is_said_to_lead_to() -> None:
    merged = merge_claims(BISHAN, [_records("A", BISHAN.exits[1:])])
    assert [len(item.platforms) for item in merged.exits] == [0, 1]


def test_a_direction_of_another_building_is_not_certain() -> None:
    claims = ExitEnrichment(
        exit_id=EXIT.exit_id, platforms=(make_platform(NS13, NS17, is_same_building=False),)
    )
    merged = merge_claims(YISHUN, [StationClaims(source="network", exits=(claims,))])
    [link] = merged.exits[0].platforms
    assert (link.is_same_building, link.confidence) == (False, Confidence.MEDIUM)
    assert merged.platforms[0].confidence is Confidence.HIGH


def test_reasons_of_an_exit_that_its_platform_does_not_rest_on_are_kept_with_the_exit() -> None:
    network = ExitEnrichment(exit_id=BISHAN.exits[0].exit_id, platforms=(make_platform(NS17, NS13),))
    page = _page_of_bishan("A", "A").exits[1]
    merged = merge_claims(
        BISHAN,
        [
            StationClaims(source="network", exits=(network,)),
            StationClaims(source="fandom_wiki", exits=(_unlettered(page),), provenance=PUBLISHERS),
        ],
    )
    own, other = (link for item in merged.exits for link in item.platforms)
    assert own.evidence == {}
    assert [reason.quote for reason in other.evidence["platform_id"]] == ["Platform A"]


def test_reasons_for_the_building_that_do_not_follow_from_the_codes_are_kept_with_the_exit() -> None:
    [reason] = quoted("a link bridge")["record"]
    said = make_platform(NS13, NS17)
    said = said.model_copy(update={"evidence": {**said.evidence, "is_same_building": (reason,)}})
    merged = merge_claims(YISHUN, [_claims(said)])
    assert [link.evidence for link in merged.exits[0].platforms] == [{"is_same_building": (reason,)}]
    implied = cite_buildings("NS13", EXIT)
    said = said.model_copy(update={"evidence": {**said.evidence, "is_same_building": implied}})
    merged = merge_claims(YISHUN, [_claims(said)])
    assert [link.evidence for link in merged.exits[0].platforms] == [{}]


def test_two_directions_of_one_line_and_next_station_have_ids_of_their_own() -> None:
    ways = [make_platform(NS13, NS17, towards_code=code) for code in ("NS17", "NS28")]
    platforms = merge_claims(YISHUN, [_claims(*ways)]).platforms
    assert [platform.platform_id for platform in platforms] == [
        "yishun-nsl-NS17-NS13-NS17",
        "yishun-nsl-NS17-NS13-NS28",
    ]


def _unlettered(claims: ExitEnrichment) -> ExitEnrichment:
    platforms = tuple(item.model_copy(update={"platform_code": None}) for item in claims.platforms)
    return claims.model_copy(update={"platforms": platforms})
