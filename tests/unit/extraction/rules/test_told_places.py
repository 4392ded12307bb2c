"""Sentences that tell which places are at the one exit that they name."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published


@pytest.mark.parametrize(
    "sentence",
    [
        "Golden Mall is near Exit A.",
        "Golden Mall is right beside Exit A, too.",
        "Golden Mall can be reached via Exit A.",
        "Golden Mall is accessible via Exit A.",
        "Golden Mall is a short walk from Exit A.",
        "From Exit A, passengers can walk to Golden Mall.",
        "From Exit A it is a sheltered walk to the Golden Mall.",
        "To get to Golden Mall, use Exit A.",
        "Take Exit A for Golden Mall.",
        "Next to Exit A stands the Golden Mall.",
        "Exit A is opposite Golden Mall.",
        "Exit A is the exit for Golden Mall.",
        "Exit A is convenient for Golden Mall.",
        "Exit A takes you straight into Golden Mall.",
        "Exit A faces Golden Mall.",
        "Exit A comes up beside Golden Mall.",
        "Exit A is the closer one for Golden Mall.",
        "Exit A lets you out in front of Golden Mall.",
        "Golden Mall is a few minutes from Exit A.",
        "Golden Mall is a 10-minute walk from Exit A.",
        "Golden Mall is straight ahead of Exit A.",
        "People heading for Golden Mall can use Exit A.",
        "Visitors can reach Golden Mall via Exit A.",
    ],
)
def test_a_sentence_about_one_exit_tells_what_is_there(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == {"A Golden Mall"}


@pytest.mark.parametrize(
    "sentence",
    [
        "From Exit A you can walk to Golden Mall, Silver Plaza and the Bronze Tower.",
        "Golden Mall, Silver Plaza and the Bronze Tower are close to Exit A.",
        "Leave by Exit A for the Golden Mall, for Silver Plaza and for the Bronze Tower.",
    ],
)
def test_each_of_several_places_is_told(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == {"A Golden Mall", "A Silver Plaza", "A Bronze Tower"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Golden Mall is near Exit A but far from Exit B.",
        "Golden Mall is not near Exit A.",
        "Golden Mall was near Exit A.",
        "Golden Mall will be near Exit A.",
        "Golden Mall at Khatib is near Exit A.",
        "Golden Mall is near Exit A of Khatib station.",
        "Golden Mall is near Exit A of the car park.",
        "Is Golden Mall near Exit A?",
        "If Golden Mall is near Exit A, go there.",
        "Many think that Golden Mall is near Exit A.",
        "The entrance to Golden Mall is beside Exit A.",
        "A poster of Golden Mall is next to Exit A.",
        "For Golden Mall, do not use Exit A.",
        "When it rains, use Exit A for Golden Mall.",
        "Take Exit A for Golden Mall or Exit B for Silver Plaza.",
        "From Exit A, take bus 39 to Golden Mall.",
        "From Exit A, cross the road for Golden Mall.",
        "From Exit A, you can walk to Khatib.",
        "Exit A is the wrong exit for Golden Mall.",
        "Exit A takes longer to Golden Mall.",
        "Golden Mall is a 10-minute bus ride from Exit A.",
        "Exit A faces away from Golden Mall.",
        "Exit A faces Peter Tan.",
        "Exit A faces North.",
        "If it rains, use Exit B, and Golden Mall is near Exit A.",
        "Golden Mall is near Khatib, and Silver Plaza is near Exit A.",
        "A bus ride to Golden Mall begins at Exit A, and to Silver Plaza at Exit B.",
    ],
)
def test_what_is_denied_asked_thought_or_not_there_now_is_not_told(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == set()


@pytest.mark.parametrize(
    "sentence",
    ["Taxis are near Exit A.", "Blue Signs are near Exit A.", "Signs to Golden Mall are near Exit A."],
)
def test_things_in_the_plural_and_words_that_begin_a_sentence_are_no_places(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == set()


def test_a_name_is_told_whole_or_not_at_all() -> None:
    assert published("<p>Courtyard by Marriott is near Exit A.</p>") == {"A Courtyard by Marriott"}
    assert published("<p>From Exit A you can walk to Golden Mall on Yishun Ring Road.</p>") == set()
    assert published("<p>Exit A leads to Golden Mall and on to Silver Plaza.</p>") == {"A Golden Mall"}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Bus stop 59049 is outside Exit A.", {"A 59049"}),
        ("The stop outside Exit A is 59049.", {"A 59049"}),
        ("The lift is at Exit C.", {"C lift"}),
        ("A lift connects the concourse to Exit C.", {"C lift"}),
    ],
)
def test_stops_and_lifts_at_the_one_exit_of_a_sentence_are_read(sentence: str, found: set[str]) -> None:
    assert published(f"<p>{sentence}</p>") == found


def test_each_clause_of_a_sentence_tells_of_its_own_exit() -> None:
    words = "Golden Mall is a few minutes from Exit A, and Silver Plaza is next to Exit B."
    assert published(f"<p>{words}</p>") == {"A Golden Mall", "B Silver Plaza"}


@pytest.mark.parametrize("lead", ["Leave here for", "This exit opens in front of", "Use this exit for"])
def test_a_sentence_below_an_exit_tells_of_here(lead: str) -> None:
    assert published(f"<h3>Exit A</h3><p>{lead} Golden Mall.</p>") == {"A Golden Mall"}
    assert published(f"<p>{lead} Golden Mall.</p>") == set()
    assert published(f"<h3>Exit A</h3><p>Do not {lead.lower()} Golden Mall.</p>") == set()


def test_a_stop_is_told_by_where_buses_stop_and_no_other_number_is_one() -> None:
    assert published("<p>Come up at Exit A, where buses stop outside at 59041.</p>") == {"A 59041"}
    assert published("<p>Call the shop at Exit A, where buses stop, on extension 59041.</p>") == set()


def test_one_reaches_a_place_through_an_exit() -> None:
    told = "Through Exit {} you reach <a>Golden Mall</a>, where <a>Zorba</a> is on the upper floors."
    assert published(f"<p>{told.format('A')}</p>") == {"A Golden Mall"}
    assert published(f"<p>Not so long ago, {told.format('A').lower()}</p>") == set()


def test_a_name_with_two_possessives_is_one_place_in_a_sentence_too() -> None:
    words = "From Exit A, passengers can reach Silver Women's and Children's Hospital through a walkway."
    assert published(f"<p>{words}</p>") == {"A Silver Women's and Children's Hospital"}


def test_an_interchange_as_lta_abbreviates_it_is_a_bus_stop_and_no_landmark() -> None:
    assert published("<ul><li>Exit A - Golden Mall, Yishun Int (59009)</li></ul>") == {"A Golden Mall"}
