"""What a page says is published; what it or the network does not know is rejected with a reason."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.evidence import Alignment, Confidence, Method
from mrt_pipeline.contracts.network import AccessFeature, BusStopRelation, StepFree
from tests.unit.extraction.scene import FACTS, HARBOURFRONT, YISHUN, grounded, page, reasons, said

LIFT = "Exit A has a lift to street level."


def test_a_feature_the_page_states_is_published_with_its_quote_and_position() -> None:
    text = f"Yishun is a station. {LIFT}"
    exits, rejected, _ = grounded(text, said("access", "lift", LIFT))
    assert [item.exit_id for item in exits] == ["yishun-nsl-A"]
    assert not rejected
    access = exits[0].access
    assert access is not None and access.features == (AccessFeature.LIFT,)
    evidence = access.evidence["features"][0]
    assert (evidence.quote, evidence.char_start, evidence.char_end) == (LIFT, 21, len(text))
    assert (evidence.alignment, evidence.method) == (Alignment.EXACT, Method.MODEL)
    assert evidence.licence == "CC-BY-SA-3.0"


def test_a_quote_that_differs_in_white_space_and_case_is_found_and_published_as_the_page_has_it() -> None:
    exits, _, _ = grounded("EXIT A   has a\u00a0Lift.", said("access", "lift", "Exit A has a lift"))
    access = exits[0].access
    assert access is not None
    evidence = access.evidence["features"][0]
    assert (evidence.quote, evidence.alignment) == ("EXIT A   has a\u00a0Lift", Alignment.NORMALISED)


def test_positions_count_from_the_start_of_the_document_not_of_the_passage() -> None:
    from mrt_pipeline.extraction.grounding import ground

    exits, _, _ = ground([(page(LIFT, 1000), [said("access", "lift", LIFT)])], YISHUN, FACTS, source="x")
    access = exits[0].access
    assert access is not None
    assert access.evidence["features"][0].char_start == 1000


def test_a_hint_of_the_position_chooses_among_equal_quotes() -> None:
    text = "Exit A: lift available.\nExit B: lift available."
    hinted = said("access", "lift", "lift available", "B", char_start=text.rindex("lift"))
    exits, _, _ = grounded(text, hinted)
    access = exits[0].access
    assert access is not None
    assert access.evidence["features"][0].char_start == text.rindex("lift")


def test_without_a_hint_the_occurrence_that_supports_the_exit_is_found() -> None:
    exits, _, _ = grounded("Exit A: lift here.\nExit B: lift here.", said("access", "lift", "lift here", "B"))
    assert [item.exit_id for item in exits] == ["yishun-nsl-B"]


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (said("access", "lift", "Exit A has two lifts"), "quote-not-in-page"),
        (said("access", "lift", ""), "quote-not-in-page"),
        (said("access", "lift", " \u200b\n"), "quote-not-in-page"),
        (said("access", "escalator", LIFT), "not-in-vocabulary"),
        (said("access", "teleporter", LIFT), "not-in-vocabulary"),
        (said("access", "lift", LIFT, "Z"), "exit-unknown"),
        (said("access", "lift", LIFT, None), "exit-missing"),
        (said("access", "lift", LIFT, "B"), "exit-not-in-quote"),
        (said("bus_stop", "59049", LIFT), "value-not-in-quote"),
        (said("landmark", "Northpoint City", LIFT), "value-not-in-quote"),
        (said("access", "lift", LIFT * 20), "quote-too-long"),
    ],
)
def test_a_statement_without_hold_in_the_page_is_rejected(candidate, reason) -> None:  # type: ignore[no-untyped-def]
    assert reasons(LIFT * 25, candidate) == [reason]


def test_a_rejected_claim_shows_a_person_what_was_claimed_of_which_page() -> None:
    _, rejected, _ = grounded(LIFT, said("landmark", "Moon\u202e Base" * 30, LIFT))
    claim = rejected[0]
    assert (claim.source, claim.field, claim.exit_label) == ("openrouter_llm", "landmark", "A")
    assert claim.document_id == "wiki:1@7"
    assert claim.value.startswith("Moon Base") and len(claim.value) == 80


def test_a_listed_bus_stop_carries_ltas_facts_and_the_pages_words() -> None:
    quote = "Exit A: bus stops 59049 and 59041"
    exits, _, _ = grounded(quote, said("bus_stop", "59049", quote), said("bus_stop", "59041", quote))
    stops = {stop.bus_stop_code: stop for stop in exits[0].bus_stops}
    stop = stops["59049"]
    assert stop.services == ("2", "2A", "10")
    assert stop.relation is BusStopRelation.LISTED
    assert 39 < stop.distance_m < 41
    assert stop.confidence is Confidence.LOW
    assert stop.evidence["relation"][0].quote == quote
    assert stop.evidence["description"][0].document_id == "lta-bus-stops"
    assert [item.bus_stop_code for item in exits[0].bus_stops] == ["59049", "59041"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("10009", "bus-stop-too-far"),
        ("59000", "bus-stop-unknown"),
        ("5904", "value-not-in-quote"),
        ("49", "value-not-in-quote"),
        ("Exit", "bus-stop-unknown"),
        ("59099", "bus-stop-without-service"),
    ],
)
def test_a_bus_stop_that_cannot_be_at_the_exit_is_rejected(code: str, reason: str) -> None:
    quote = "Exit A: stops 59049, 59000, 10009, 59099"
    assert reasons(quote, said("bus_stop", code, quote)) == [reason]


def test_a_label_of_two_buildings_is_settled_by_the_distance_of_the_bus_stop() -> None:
    quote = "Exit A: 14141"
    exits, _, _ = grounded(quote, said("bus_stop", "14141", quote), station=HARBOURFRONT)
    assert [item.exit_id for item in exits] == ["harbourfront-nel-A"]


@pytest.mark.parametrize(
    ("field", "value", "quote"),
    [
        ("bus_stop", "14142", "Exit A: 14142"),
        ("access", "lift", LIFT),
        ("landmark", "VivoCity", "Exit A: VivoCity"),
    ],
)
def test_a_label_of_two_buildings_that_nothing_settles_is_rejected(field, value, quote) -> None:  # type: ignore[no-untyped-def]
    assert reasons(quote, said(field, value, quote), station=HARBOURFRONT) == ["exit-ambiguous"]


def test_a_rule_ties_value_to_exit_where_the_wording_does_not() -> None:
    text = "Exit\tLift\nA\tYes"
    exits, _, _ = grounded(text, said("access", "lift", "Yes", method=Method.RULE))
    assert exits[0].access is not None
    assert exits[0].access.confidence is Confidence.MEDIUM
    assert reasons(text, said("access", "lift", "Yes")) == ["not-in-vocabulary"]


def test_the_same_value_read_twice_is_published_once_with_both_quotes() -> None:
    text = "Exit A leads to Northpoint City.\nExit A\n- NORTHPOINT CITY"
    twice = [
        said("landmark", "Northpoint City", line)
        for line in ("Exit A leads to Northpoint City", "- NORTHPOINT CITY")
    ]
    exits, rejected, _ = grounded(text, *twice)
    assert not rejected
    assert [item.name for item in exits[0].landmarks] == ["Northpoint City"]
    assert len(exits[0].landmarks[0].evidence["name"]) == 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Exit A: Northpoint  City", "Northpoint City"),
        ("Exit A leads to 义顺坊.", "义顺坊"),
        ("Exit A: St. Joseph\u2019s\u200b Institution", "St. Joseph\u2019s Institution"),
    ],
)
def test_a_landmark_is_published_on_one_clean_line(text: str, name: str) -> None:
    exits, rejected, _ = grounded(text, said("landmark", name, text))
    assert not rejected
    assert [item.name for item in exits[0].landmarks] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "the",
        "Exit A",
        "Yishun MRT Station",
        "59049",
        "<b>Mall</b>",
        "to the shops",
        "https://x.example",
        "A",
        "Bus Stop",
    ],
)
def test_words_that_name_no_place_are_no_landmark(name: str) -> None:
    text = "Exit A of Yishun MRT Station: to the shops, A Bus Stop 59049 <b>Mall</b> https://x.example"
    assert reasons(text, said("landmark", name, text)) == ["not-a-name"]


def test_a_place_may_promote_health_or_be_the_stations_name_with_a_plus() -> None:
    for name in ("Health Promotion Board", "Yishun+"):
        exits, rejected, _ = grounded(
            f"Exit A leads to {name}", said("landmark", name, f"Exit A leads to {name}")
        )
        assert ([item.name for item in exits[0].landmarks], rejected) == ([name], ())
    for name in ("Promotion At Gold Mall", "Promo Mall"):
        text = f"Exit A leads to {name}"
        assert reasons(text, said("landmark", name, text)) == ["hostile-text"]


@pytest.mark.parametrize(
    "mark", [", ", "; ", " / ", " • ", "\n", "\n- ", "、", "； ", ",", " · ", "¦", ", and "]
)
def test_a_list_that_a_model_hands_back_as_one_name_is_split_as_the_rules_split_it(mark: str) -> None:
    text = "Exit A: Golden Mall; Silver Residences"
    exits, rejected, _ = grounded(text, said("landmark", f"Golden Mall{mark}Silver Residences", text))
    assert [item.name for item in exits[0].landmarks] == ["Golden Mall", "Silver Residences"]
    assert not rejected


@pytest.mark.parametrize(
    "joined", ["Golden Mall and Silver Residences", "Golden Mall/Silver Residences", "A & B Mall"]
)
def test_what_may_be_two_names_is_no_landmark(joined: str) -> None:
    text = f"Exit A leads to {joined}"
    assert reasons(text, said("landmark", joined, text)) == ["not-a-name"]


def test_lists_of_bus_stops_and_features_are_split_and_each_is_held_against_the_page() -> None:
    text = "Exit A: bus stops 59049, 59041; lift"
    exits, rejected, _ = grounded(
        text, said("bus_stop", "59041, 59049, 59000", text), said("access", "lift; escalator", text)
    )
    assert [item.bus_stop_code for item in exits[0].bus_stops] == ["59049", "59041"]
    assert exits[0].access is not None and exits[0].access.features == (AccessFeature.LIFT,)
    assert [claim.value for claim in rejected] == ["59000", "escalator"]


def test_of_a_list_that_was_cut_the_last_name_is_left_out() -> None:
    names = "Golden Mall, " * 5 + "Silver Residences Clubhouse"
    text = f"Exit A: {names}"
    exits, _, _ = grounded(text, said("landmark", names[:80].rstrip().ljust(80), text))
    assert [item.name for item in exits[0].landmarks] == ["Golden Mall"]


def test_step_free_yes_and_no_on_one_page_is_unknown_and_told_with_both_quotes() -> None:
    text = "Exit A is step-free.\nExit A is not step-free."
    yes, no = text.split("\n")
    exits, rejected, findings = grounded(
        text, said("access", "step_free_yes", yes), said("access", "step_free_no", no)
    )
    assert not rejected
    assert exits[0].access is not None and exits[0].access.step_free is StepFree.UNKNOWN
    assert findings[0].check == "sources-disagree" and findings[0].exit_id == "yishun-nsl-A"
    assert yes in findings[0].message and no in findings[0].message
