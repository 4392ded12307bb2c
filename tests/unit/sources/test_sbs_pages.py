"""What SBS Transit's pages list by exit, and what is no page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import AccessFeature, Station, StepFree
from mrt_pipeline.errors import SourceError, SourceFormatError
from mrt_pipeline.extraction.station_pages import Page, PageFacts, PageKey, Pages, StationPageSource
from mrt_pipeline.sources.sbs_transit import claims as sbs_claims
from mrt_pipeline.sources.sbs_transit.parsing import parse_facts, parse_page, parse_stations
from tests.fakes.network_builder import provenance
from tests.fakes.publishers import station_page
from tests.fakes.real_stations import real_station

BUGIS = PageKey("DTL", "BGS", "Bugis")


def page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><body>{body}</body></html>".encode()


def facts(content: bytes) -> list[tuple[str, str, str]]:
    return [(fact.exit_code, fact.kind, fact.name) for fact in parse_page(content, BUGIS).facts]


def test_landmarks_and_lifts_are_read_by_exit() -> None:
    content = station_page(
        {"A": ["Bugis Junction", "Bugis+"], "B": ["No place of interest"]}, ["A", "Exit C"]
    )
    assert facts(content) == [
        ("A", "landmark", "Bugis Junction"),
        ("A", "landmark", "Bugis+"),
        ("A", "lift", ""),
        ("C", "lift", ""),
    ]


@pytest.mark.parametrize("heading", ["Common Facilities", "Facilities Found At Bugis", "FACILITIES FOUND"])
@pytest.mark.parametrize("name", ["Lift", "Lifts", "lifts:"])
def test_headings_vary(heading: str, name: str) -> None:
    body = f"<h4>Exits</h4><b>A</b> Mall<br><h4>{heading}</h4><b>{name}</b> A, B"
    assert [fact for fact in facts(page(body)) if fact[1] == "lift"] == [("A", "lift", ""), ("B", "lift", "")]


def test_a_heading_may_stand_in_a_box_of_its_own_and_names_in_boxes() -> None:
    body = (
        "<div><div><h4>Exits</h4></div><p><strong>A</strong> Mall<br/>Park</p></div>"
        "<div><h4>Common Facilities</h4><p><strong>Toilets</strong></p><p>Exit A</p></div>"
    )
    assert facts(page(body)) == [("A", "landmark", "Mall"), ("A", "landmark", "Park"), ("A", "toilet", "")]


def test_what_follows_the_sections_is_no_landmark() -> None:
    body = (
        "<h4>Common Facilities</h4><b>Lifts</b> A<div><h4>Exits</h4><b>A</b> Mall<br></div>"
        "<footer>Copyright SBS Transit</footer>"
    )
    assert ("A", "landmark", "Copyright SBS Transit") not in facts(page(body))


def test_other_facilities_say_nothing_of_exits() -> None:
    body = "<h4>Exits</h4><b>A</b> Mall<h4>Common Facilities</h4><b>ATM</b> A<br><b>Lifts</b> B"
    assert [fact for fact in facts(page(body)) if fact[1] != "landmark"] == [("B", "lift", "")]


NOTHING = ["NIL", "nil.", "N/A", "n/a", "N.A.", "NA", "None", "-", "–", "- NIL -", "No places of interest."]


@pytest.mark.parametrize("line", NOTHING)
def test_a_word_for_nothing_is_no_landmark(line: str) -> None:
    assert facts(station_page({"A": [line, "Nil Street Mall"]}, [])) == [("A", "landmark", "Nil Street Mall")]


def facilities(body: str) -> PageFacts:
    return parse_page(page(f"<h4>Exits</h4><b>A</b> -<h4>Common Facilities</h4>{body}"), BUGIS)


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ("<b>Passenger Lifts</b> Exit A", "Passenger Lifts: Exit A"),
        ("<b>Passenger Lifts:</b> Exit A<br>B <b>Toilets</b>", "Passenger Lifts: Exit A, B"),
        ("<b>Accessible toilet</b>", "Accessible toilet"),
        ("Lifts: A, B <b>Toilets</b>", "Lifts: A, B"),
        ("<b>Elevators</b> A <b>ATM</b> B", "Common Facilities: Elevators, ATM"),
        ("Elevators at A", "Common Facilities"),
        ("", "Common Facilities"),
    ],
)
def test_facilities_under_no_heading_that_is_known_are_kept_for_a_person(body: str, unread: str) -> None:
    assert facilities(body) == PageFacts((), (unread,))


@pytest.mark.parametrize("name", ["Lifts", "Lifts:", "Lifts :"])
def test_words_below_a_heading_are_reported_with_one_colon(name: str) -> None:
    assert facilities(f"<b>{name}</b> NIL") == PageFacts((), ("Lifts: NIL",))


@pytest.mark.parametrize(
    "body",
    [
        *("Exit A<br><s>Exit B</s>", "Exit A<br><strike>B</strike>", "Exit A<del>, B</del>"),
        *("Exit A<br><span hidden>B</span>", "Exit A<br><i style='text-decoration: line-through'>B</i>"),
        *("A<div style='display: none'>B</div>", "A<br><i style='visibility:hidden'>B</i>"),
        *("A<i style='opacity:0'>, B</i>", "A<b><s>Lifts</s></b> B", "A<s><b>Lifts</b></s> B"),
    ],
)
def test_words_that_are_struck_or_hidden_are_no_words(body: str) -> None:
    found = facilities(f"<b>Lifts</b> {body}")
    assert ([fact.exit_code for fact in found.facts], found.unread) == (["A"], ())


@pytest.mark.parametrize(
    ("body", "lifts"),
    [
        ("A<br>Exit B<br>Exit B (closed)", ["A"]),
        ("A<br>Exit B <img alt='out of service'>", ["A"]),
        ("A <br>Under construction", []),
        ("(Under maintenance until 2027)<br>A", []),
        ("Temporarily closed:<br>A", []),
        ("A<br><b>Under construction</b><br>", []),
        ("A<b>Exit B closed</b> D", ["A"]),
        ("A<sup>1</sup>", []),
        ("A<sup>1</sup>\x14", []),
        ("A<s>B</s>\x14", []),
        ("A<br>Exit B <img alt='out of \x14service'>", ["A"]),
    ],
)
def test_an_exit_with_a_remark_beside_it_has_no_lift(body: str, lifts: list[str]) -> None:
    found = facilities(f"<b>Lifts</b> {body} <b>Toilets</b> C")
    assert [fact.exit_code for fact in found.facts] == [*lifts, "C"]
    assert found.unread


def test_exits_below_a_heading_that_comes_again_are_of_that_heading() -> None:
    found = facilities("<b>Lifts</b> A <b>Toilets</b> B <b>Lifts</b> C").facts
    assert [(fact.exit_code, fact.kind) for fact in found] == [("A", "lift"), ("B", "toilet"), ("C", "lift")]


def test_exits_in_other_words_are_kept_for_a_person() -> None:
    content = station_page({"A": ["Mall"]}, ["Near Exit A", "B"])
    parsed = parse_page(content, BUGIS)
    assert [fact.exit_code for fact in parsed.facts if fact.kind == "lift"] == ["B"]
    assert parsed.unread == ("Lifts: Near Exit A",)


def test_scripts_and_markup_are_no_names() -> None:
    body = (
        "<h4>Exits</h4><b>A</b> Mall<script>alert('Exit B')</script><br><i>Park</i> East<br>"
        f"{'x' * 101}<br>\u202egnoldneb<h4>Common Facilities</h4><b>Lifts</b> A"
    )
    landmarks = [name for _, kind, name in facts(page(body)) if kind == "landmark"]
    assert landmarks == ["Mall", "Park East"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cut off"),
        (b"<html><h4>Exits</h4><b>A</b> Mall", "cut off"),
        (page("<h1>Maintenance</h1>"), "'Exits'"),
        (page("<h4>Exits</h4><b>A</b> Mall"), "Common Facilities"),
        (page("<h4>Common Facilities</h4><b>Lifts</b> A"), "'Exits'"),
        (b'{"error": "</html>"}', "'Exits'"),
    ],
)
def test_what_is_no_whole_page_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse_page(content, BUGIS)


def test_the_stations_of_a_line_are_read() -> None:
    options = b'<option value="">All</option><option value="HBF"> HarbourFront </option>'
    assert parse_stations(options, "NEL") == (PageKey("NEL", "HBF", "HarbourFront"),)


@pytest.mark.parametrize("content", [b"", b"<html>busy</html>", b"[]", b'<option value="HBF"></option>'])
def test_a_list_without_stations_is_refused(content: bytes) -> None:
    with pytest.raises(SourceFormatError, match="NEL"):
        parse_stations(content, "NEL")


@given(st.text(max_size=200))
def test_any_page_is_read_or_refused(text: str) -> None:
    for body in (text, f"<h4>Exits</h4>{text}<h4>Common Facilities</h4><b>Lifts</b>{text}"):
        try:
            parse_page(page(body), BUGIS)
        except SourceFormatError:
            continue


ROW = {"line": "DTL", "operator_code": "BGS", "station": "Bugis", "exit": "E"}


def test_a_list_of_lifts_that_others_made_is_read() -> None:
    (fact,) = parse_facts(json.dumps({"rows": [ROW, ROW]}).encode())
    assert (fact.station_name, fact.exit_code, fact.kind) == ("Bugis", "E", "lift")


@pytest.mark.parametrize(
    "changes", [{"line": "dtl"}, {"exit": "Exit E"}, {"station": ""}, {"operator_code": None}, {"exit": 1.5}]
)
def test_a_row_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SourceFormatError, match=r"rows\[0\]"):
        parse_facts(json.dumps({"rows": [{**ROW, **changes}]}).encode())


# what is claimed


BUKIT_PANJANG = real_station("bukit-panjang", BP6="B", DT1="B")
EXPO = real_station("expo", DT35="A C D", CG1="A B")


def page_of(key: PageKey, content: bytes) -> Page:
    document_id = f"sbs-station-pages:{key.operator_code}"
    licence = "LicenseRef-SBS-Transit-facts"
    return Page(key, parse_page(content, key), provenance(document_id, licence=licence))


def source_of(*pages: Page, **changes: Any) -> StationPageSource:
    source = sbs_claims.source_of(lambda: Pages(pages, **changes))
    source.prepare(())
    return source


def claims_of(about: Station, *pages: Page) -> StationClaims:
    return source_of(*pages).claims_for(about, ())


EXPO_KEY = PageKey("DTL", "XPO", "Expo")


def test_a_downtown_page_speaks_of_the_downtown_building() -> None:
    key = PageKey("DTL", "BKP", "Bukit Panjang")
    claims = claims_of(BUKIT_PANJANG, page_of(key, station_page({"B": ["EXPO Hall 1"]}, ["B"])))
    (found,) = claims.exits
    assert found.exit_id == "bukit-panjang-dtl-B"
    assert found.access is not None
    assert (found.access.step_free, found.access.features) == (StepFree.UNKNOWN, (AccessFeature.LIFT,))
    assert found.access.confidence is Confidence.MEDIUM
    assert [mark.name for mark in found.landmarks] == ["EXPO Hall 1"]
    assert len(found.street_lifts) == 1


def test_a_toilet_is_not_said_to_be_accessible_and_serves_no_street() -> None:
    claims = claims_of(EXPO, page_of(EXPO_KEY, station_page({"C": ["Mall"]}, ["D"], toilets="C")))
    of_c = next(found for found in claims.exits if found.exit_id == "expo-dtl-C")
    assert of_c.access is not None
    assert of_c.access.features == (AccessFeature.TOILET,)
    assert of_c.street_lifts == ()


def test_an_exit_that_is_not_listed_is_not_spoken_of() -> None:
    claims = claims_of(EXPO, page_of(EXPO_KEY, station_page({"C": ["Mall"]}, ["D"])))
    assert {found.exit_id for found in claims.exits} == {"expo-dtl-C", "expo-dtl-D"}
    assert all(not found.denied for found in claims.exits)


def test_an_exit_that_the_layer_lacks_and_words_that_are_not_known_are_findings() -> None:
    claims = claims_of(EXPO, page_of(EXPO_KEY, station_page({"Z": ["Mall"]}, ["beside Exit A"])))
    assert claims.exits == ()
    assert {finding.check for finding in claims.findings} == {"access-exit-unknown", "access-words-unread"}


def test_a_heading_in_other_words_is_a_finding_and_no_lift() -> None:
    body = "<h4>Exits</h4><b>A</b> NIL<h4>Common Facilities</h4><b>Passenger Lifts</b> Exit A"
    claims = claims_of(EXPO, page_of(EXPO_KEY, page(body)))
    assert claims.exits == ()
    (finding,) = claims.findings
    assert finding.check == "access-words-unread"
    assert "'Passenger Lifts: Exit A'" in finding.message


def test_a_name_with_its_code_is_found_and_an_unknown_one_is_reported() -> None:
    source = source_of(
        page_of(PageKey("DTL", "XPO", "DT35 Expo"), station_page({}, ["C"])),
        page_of(PageKey("DTL", "XYZ", "Nowhere"), station_page({}, ["C"])),
    )
    assert len(source.claims_for(EXPO, ()).exits) == 1
    assert [finding.check for finding in source.findings] == ["access-station-unknown"]


def test_a_page_that_failed_leaves_its_station_without_an_answer_and_no_other() -> None:
    failure = SourceError("sbs-station-pages", "no answer", retryable=True)
    source = source_of(failures=((EXPO_KEY, failure),))
    assert source.version_for(EXPO) is None
    with pytest.raises(SourceError, match="no answer"):
        source.claims_for(EXPO, ())
    bugis = real_station("bugis", DT14="A")
    assert source.claims_for(bugis, ()).exits == ()
    assert source.version_for(bugis) == "no page"


def test_no_page_at_all_says_nothing() -> None:
    assert parse_page(station_page({}, []), BUGIS) == PageFacts(())
