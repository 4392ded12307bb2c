"""What MRTDown's tables say of a station's exits on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.rows import from_row
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import FetchError, InternalError
from mrt_pipeline.extraction.exit_platforms import SignedLetters, find_strays
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.runtime.table_source import LateTableSource
from mrt_pipeline.sources.mrtdown import LETTERS, NAMES, TRAINS, PlatformLetter, ServiceTimes, TranslatedName
from mrt_pipeline.sources.mrtdown.claims import letters_on, source_of
from mrt_pipeline.sources.mrtdown.reading import Tables
from tests.fakes.network_builder import make_station, provenance

RecordT = TypeVar("RecordT")
AS_OF = date(2026, 11, 23)
NETWORK = load_network()
LETTERS_ID, NAMES_ID = LETTERS.document_id, NAMES.document_id
YISHUN = make_station(NETWORK, "yishun", AS_OF)
NORTH, SOUTH = ("NSL", "NS13", "NS12"), ("NSL", "NS13", "NS14")


def letter(code: str = "A", **changes: Any) -> PlatformLetter:
    """Return a letter for trains from Yishun to Khatib."""
    found = PlatformLetter(
        f"YIS_NSL_{code}", "NS13", "NS14", code, "NSL", "seen", "2026-07-20", "2019-11-02", None
    )
    return replace(found, **changes)


def signed(*letters: PlatformLetter, as_of: date = AS_OF) -> dict[tuple[str, str, str], SignedLetters]:
    """Return the letters of each direction."""
    return letters_on(as_of, letters, provenance(LETTERS_ID))


def tables(*letters: PlatformLetter, names: tuple[TranslatedName, ...] = ()) -> Tables:
    """Return all tables, that of trains without a record."""
    return Tables(
        SourceTable(letters, provenance(LETTERS_ID, licence="CC-BY-4.0")),
        SourceTable((), provenance(TRAINS.document_id, sha256="c" * 64, licence="CC-BY-4.0")),
        SourceTable(names, provenance(NAMES_ID, sha256="b" * 64, licence="CC-BY-4.0")),
    )


def claims_about_yishun(*letters: PlatformLetter, names: tuple[TranslatedName, ...] = ()) -> StationClaims:
    """Return what the source says of Yishun, whose only exit is A."""
    return source_of(tables(*letters, names=names), NETWORK, AS_OF).claims_for(YISHUN, ())


def recorded() -> Tables:
    """Return the tables in the package."""
    return Tables(
        _recorded(LETTERS_ID, PlatformLetter),
        _recorded(TRAINS.document_id, ServiceTimes),
        _recorded(NAMES_ID, TranslatedName),
    )


def _recorded(document_id: str, kind: type[RecordT]) -> SourceTable[RecordT]:
    recording = load_recording(document_id)
    return SourceTable(tuple(from_row(kind, row) for row in recording.rows), recording.provenance)


RECORDED = recorded()
OPENED = source_of(RECORDED, NETWORK, AS_OF)


def test_letters_of_one_direction_stand_together_in_natural_order_with_a_record_each() -> None:
    found = signed(letter("10"), letter("2"), letter("B", next_code="NS12"))
    assert found[SOUTH].codes == ("2", "10")
    assert [item.record_id for item in found[SOUTH].evidence] == ["YIS_NSL_10", "YIS_NSL_2"]
    assert {item.method for item in found[SOUTH].evidence} == {Method.RECORD}
    assert found[NORTH].codes == ("B",)


@pytest.mark.parametrize(
    ("bases", "line", "confidence"),
    [
        (["seen"], "NSL", Confidence.HIGH),
        (["inferred"], "NSL", Confidence.MEDIUM),
        (["unclear"], "NSL", Confidence.LOW),
        (["seen", "inferred"], "NSL", Confidence.MEDIUM),
        (["unclear", "seen"], "NSL", Confidence.LOW),
        (["seen"], "BPL", Confidence.LOW),
    ],
)
def test_the_least_sure_letter_decides_how_sure_a_direction_is(
    bases: list[str], line: str, confidence: Confidence
) -> None:
    given_letters = [letter(f"{n}", basis=basis, line_code=line) for n, basis in enumerate(bases)]
    assert signed(*given_letters)[line, "NS13", "NS14"].confidence is confidence


@pytest.mark.parametrize(
    ("as_of", "is_there"),
    [("2026-07-11", False), ("2026-07-12", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_letter_holds_from_its_first_day_to_before_its_last(as_of: str, is_there: bool) -> None:
    found = letter(valid_from="2026-07-12", valid_to="2027-01-01")
    assert bool(signed(found, as_of=date.fromisoformat(as_of))) is is_there


def test_a_letter_for_a_direction_that_trains_do_not_take_is_reported_and_not_claimed() -> None:
    stray = letter("C", next_code="NS99")
    source = source_of(tables(letter(), stray, letter("D", line_code="EWL")), NETWORK, AS_OF)
    [finding] = source.findings
    assert finding.check == "letter-without-direction"
    assert "2 directions" in finding.message
    assert "NS13 to NS14 (EWL), NS13 to NS99 (NSL)" in finding.message
    [found] = source.claims_for(YISHUN, ()).exits
    assert [item.platform_code for item in found.platforms] == ["A"]


def test_of_many_such_directions_the_first_are_named() -> None:
    stray = [letter(next_code=f"NS{number}") for number in range(30, 50)]
    [finding] = find_strays(signed(*stray), (), LETTERS_ID)
    assert "and 10 more" in finding.message


def test_every_exit_has_each_direction_with_its_letters_and_whose_they_are() -> None:
    claims = claims_about_yishun(letter("B"), letter("A"))
    [found] = claims.exits
    assert [platform.platform_code for platform in found.platforms] == ["A", "B"]
    for platform in found.platforms:
        assert (platform.station_code, platform.next_code, platform.towards_code) == ("NS13", "NS14", "NS28")
        reasons = platform.evidence_for("platform_code")
        assert [item.record_id for item in reasons] == ["YIS_NSL_A", "YIS_NSL_B"]
        assert {item.licence for item in reasons} == {"CC-BY-4.0"}
        assert {item.document_id for item in platform.evidence_for("towards_code")} == {"network-table"}
        cited = {item.document_id for item in platform.all_evidence()}
        assert cited <= {*claims.provenance, "lta-station-exits"}


def test_without_a_letter_a_direction_is_left_to_others() -> None:
    [found] = claims_about_yishun().exits
    assert found.platforms == ()


def test_a_direction_to_a_future_or_former_code_is_none_of_the_day() -> None:
    """CE1 became CC34 on 2026-07-12."""
    both = [
        letter("D", line_code="CCL", station_code=code, next_code="CC4", valid_from="2012-01-14")
        for code in ("CE1", "CC34")
    ]
    for day, code in ((date(2026, 7, 11), "CE1"), (AS_OF, "CC34")):
        source = source_of(tables(*both), NETWORK, day)
        claims = source.claims_for(make_station(NETWORK, "bayfront", day), ())
        assert {item.station_code for found in claims.exits for item in found.platforms} == {code}


def test_names_are_found_by_any_code_of_the_station_and_cite_their_record() -> None:
    names = (TranslatedName("YIS", ("NS12A", "NS13"), "义顺", None, "யீஷூன்"),)
    found = claims_about_yishun(names=names).names
    assert found is not None
    assert (found.zh_hans, found.ms, found.ta) == ("义顺", None, "யீஷூன்")
    assert [item.record_id for item in found.evidence_for("ta")] == ["YIS"]
    assert found.evidence_for("ta")[0].document_id == NAMES_ID


def test_a_station_without_any_name_in_other_languages_has_no_names() -> None:
    assert claims_about_yishun(names=(TranslatedName("YIS", ("NS13",), None, None, None),)).names is None


def test_every_exit_of_the_network_has_a_letter_by_the_recorded_tables() -> None:
    assert {finding.check for finding in OPENED.findings} == {
        "trains-without-platform",
        "last-trains-contradict",
    }
    for slug in NETWORK.open_codes(AS_OF):
        station = make_station(NETWORK, slug, AS_OF)
        claims = OPENED.claims_for(station, ())
        assert claims.names is not None, slug
        for found in claims.exits:
            assert all(item.platform_code for item in found.platforms)
            assert {item.station_code for item in found.platforms} == set(station.mrt_codes)


@given(st.randoms(use_true_random=False), st.sampled_from(sorted(NETWORK.open_codes(AS_OF))))
def test_the_order_of_records_does_not_matter_and_no_letter_is_without_its_record(
    random: Random, slug: str
) -> None:
    letters = random.sample(RECORDED.letters.records, len(RECORDED.letters.records))
    names = random.sample(RECORDED.names.records, len(RECORDED.names.records))
    trains = random.sample(RECORDED.trains.records, len(RECORDED.trains.records))
    shuffled = Tables(
        replace(RECORDED.letters, records=tuple(letters)),
        replace(RECORDED.trains, records=tuple(trains)),
        replace(RECORDED.names, records=tuple(names)),
    )
    station = make_station(NETWORK, slug, AS_OF)
    claims = source_of(shuffled, NETWORK, AS_OF).claims_for(station, ())
    assert claims == OPENED.claims_for(station, ())
    said = {(it.platform_id, it.letter) for it in RECORDED.letters.records}
    for platform in (item for found in claims.exits for item in found.platforms):
        records = {item.record_id for item in platform.evidence_for("platform_code")}
        assert platform.platform_code in {code for record, code in said if record in records}


def test_a_source_whose_tables_cannot_be_obtained_is_closed_in_its_preparation_and_not_before() -> None:
    def load() -> Any:
        raise FetchError(LETTERS_ID, "no answer.")

    source = LateTableSource("mrtdown", load)
    assert source.findings == ()
    with pytest.raises(FetchError):
        source.prepare((YISHUN,))
    with pytest.raises(InternalError):
        source.claims_for(YISHUN, ())


def test_a_prepared_source_says_what_its_tables_say() -> None:
    table_source = source_of(tables(letter(), letter("B", next_code="NS99")), NETWORK, AS_OF)
    source = LateTableSource("mrtdown", lambda: table_source)
    source.prepare((YISHUN,))
    assert source.name == "mrtdown"
    assert source.version_for(YISHUN) == table_source.version
    assert source.claims_for(YISHUN, ()) == table_source.claims_for(YISHUN, ())
    assert [finding.check for finding in source.findings] == ["letter-without-direction"]
