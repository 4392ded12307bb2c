"""Wordings that say the opposite of what their nouns seem to say: a person would be sent to stairs."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, table
from tests.unit.extraction.scene import grounded, said

ACCESS = {"lift", "escalator", "yes", "step_free", "barrier_free", "wheelchair_accessible"}


def _in_a_cell(words: str) -> set[str]:
    return {
        fact
        for head in ("Access", "Facilities", "Remarks")
        for fact in published(table(f"Exit | {head}", f"A | {words}"))
    }


def _in_a_list(words: str) -> set[str]:
    return published(f"<ul><li>Exit A: {words}</li></ul>")


def _from_a_model(sentence: str, value: str) -> bool:
    exits, _, _ = grounded(sentence, said("access", value, sentence))
    return bool(exits)


def _positive(facts: set[str]) -> set[str]:
    return {fact for fact in facts if fact.partition(" ")[2] in ACCESS}


@pytest.mark.parametrize(
    "sentence",
    [
        "All exits but Exit A are step-free.",
        "All the exits but Exit A are step-free.",
        "Every exit but Exit A is step-free.",
        "Each of the exits but Exit A is step-free.",
        "Any entrance but Exit A is step-free.",
        "Exit A has yet to be step-free.",
        "Exit A did provide a step-free way.",
        "Exit A is step-free but has two steps.",
        "Exit A is step-free, with two steps.",
        "Exit A is step-free by stairs.",
    ],
)
def test_a_sentence_that_excepts_or_undoes_it_makes_no_exit_step_free(sentence: str) -> None:
    assert not _from_a_model(sentence, "step_free_yes")


@pytest.mark.parametrize(
    "sentence",
    [
        "All exits but Exit A have lifts.",
        "Every exit but Exit A has a lift.",
        "Exit A has yet to have a lift.",
        "Exit A did have a lift.",
        "Exit A has a lift to open.",
        "The lift at Exit A stops working at times.",
        "The mall at Exit A has a lift.",
        "The hospital linked to Exit A has lifts.",
        "The mall connected to Exit A has a lift.",
        "Exit A leads to Northpoint City, where lifts are provided.",
        "The lift for Exit A is at the mall.",
    ],
)
def test_a_sentence_that_excepts_or_undoes_it_or_means_another_place_gives_no_exit_a_lift(
    sentence: str,
) -> None:
    assert not _from_a_model(sentence, "lift")


@pytest.mark.parametrize(
    "words",
    [
        *("No. Lift", "None. Lift", "No. Step-free", "No. Stairs. Lift", "No<br>Lift", "No • Lift"),
        *("No. Escalator", "Nil. Barrier-free", "No. Wheelchair-accessible"),
        *("Lift to open", "Lift stops working", "Yet to get a lift", "Did have a lift", "Lift to be built"),
        *("Step-free but two steps", "Step-free, two steps", "Barrier-free by stairs"),
        *("Step-free via steps", "Yes. Tiada lif", "Lift (没有)", "Lift (tiada)", "Lift (இல்லை)"),
    ],
)
def test_an_entry_that_denies_or_undoes_it_says_nothing_for_an_exit(words: str) -> None:
    assert _positive(_in_a_cell(words)) == set()
    assert _positive(_in_a_list(words)) == set()


def test_a_way_beside_a_lift_that_may_not_be_there_is_not_known_to_be_step_free() -> None:
    for words in (
        "Step-free, lift (planned)",
        "Wheelchair accessible; lift (being built)",
        "Lift, lift (closed)",
    ):
        assert _positive(_in_a_cell(words)) == set()
        assert _positive(published(f"<h2>Exits</h2><ul><li>Exit A: {words}</li></ul>")) == set()
    assert _positive(_in_a_cell("Escalator; lift (planned)")) == {"A escalator"}


@pytest.mark.parametrize("words", ["Yes, two steps", "Yes (two steps)", "Yes, by stairs", "Yes - stairs"])
def test_an_exit_whose_yes_comes_with_steps_is_not_step_free(words: str) -> None:
    assert published(table("Exit | Step-free", f"A | {words}")) == set()


@pytest.mark.parametrize(
    "note", ["* tiada lif", "* tidak ada lif", "* 没有电梯", "* 无电梯", "* மின்தூக்கி இல்லை"]
)
def test_a_denial_in_another_language_behind_a_statement_leaves_it_unread(note: str) -> None:
    assert _positive(_in_a_cell(f"Lift ({note.removeprefix('* ')})")) == set()


@pytest.mark.parametrize(
    "words",
    [
        *("Lift and stairs only", "Lift & stairs only", "Lift/stairs only", "Only stairs and lift"),
        *("Escalator and stairs only", "Only stairs and escalator", "Lift, stairs only"),
        *("Lifts, escalators and stairs only", "Only stairs or a lift", "Only lift and stairs"),
    ],
)
def test_stairs_beside_another_way_are_not_the_only_way(words: str) -> None:
    assert not {"A stairs_only", "A no"} & (_in_a_cell(words) | _in_a_list(words))


@pytest.mark.parametrize("words", ["Stairs only", "No lift, stairs only", "Only stairs", "Only by stairs"])
def test_stairs_alone_are_the_only_way(words: str) -> None:
    assert "A stairs_only" in _in_a_list(words)


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ("Step-free by lift, or stairs", "A yes"),
        ("Step-free lift beside the steps", "A lift"),
        ("Lift, stairs", "A lift"),
        ("Lift and escalator", "A lift"),
    ],
)
def test_stairs_beside_a_lift_take_nothing_of_it_back(words: str, fact: str) -> None:
    assert fact in _in_a_cell(words)


@pytest.mark.parametrize(
    "sentence", ["Exit A has a lift to the street.", "There is a lift at Exit A.", "Exit A has a lift."]
)
def test_a_lift_of_the_exit_itself_is_published(sentence: str) -> None:
    assert _from_a_model(sentence, "lift")


@pytest.mark.parametrize(
    "later",
    [
        "That was the case until 2020.",
        "This is no longer true.",
        "The lift was removed in 2024.",
        "The lift is currently out of service.",
        "However, this has been decommissioned.",
        "It is near the pond. But the lift there is not working at the moment.",
        "Its lift will only open in the year 2028.",
    ],
)
def test_a_later_sentence_that_speaks_back_takes_access_away(later: str) -> None:
    for before in ("Exit A is step-free.", "Exit A has a lift."):
        assert published(f"<p>{before} {later}</p>") == set()
        assert published(f"<ul><li>{before} {later}</li></ul>") == set()


@pytest.mark.parametrize(
    "later",
    [
        "However, there is no escalator here.",
        "It is next to the pond and the market.",
        "The station was opened in November 1988.",
        "Exit B has no lift, and its lift was removed.",
    ],
)
def test_a_later_sentence_on_something_else_takes_no_lift_away(later: str) -> None:
    assert "A lift" in published(f"<p>Exit A has a lift. {later}</p>")


@pytest.mark.parametrize("date", ["Opens in 2028.", "Opening Dec 2028.", "Due by 2028"])
def test_an_opening_date_behind_a_lift_leaves_it_unread(date: str) -> None:
    assert published(f"<h2>Exits</h2><ul><li>Exit A: Lift. {date}</li></ul>") == set()
    assert published("<h2>Exits</h2><ul><li>Exit A: Lift. Opens at 6am.</li></ul>") == {"A lift"}


STEP_FREE = table("Exit | Step-free", "A | Yes", "B | Yes")


@pytest.mark.parametrize(
    "words",
    [
        "<p>Exit A has no lift.</p>",
        "<p>There is no lift at Exit A.</p>",
        "<p>Exit B has a lift, but Exit A has no lift.</p>",
        "<p>Exit A has neither lift nor ramp.</p>",
        "<p>Exit A has only an escalator.</p>",
        "<p>Exit A has steps.</p>",
        "<p>Exit A has stairs only.</p>",
        "<p>There are a few steps at Exit A.</p>",
        "<p>Wheelchair users cannot use Exit A.</p>",
        "<ul><li>Exit A: no lift</li></ul>",
        "<ul><li>Exit A: escalator only</li></ul>",
        table("Exit | Lift", "A | No"),
    ],
)
def test_step_free_access_that_another_place_contradicts_is_not_published(words: str) -> None:
    for html in (STEP_FREE + words, words + STEP_FREE):
        found = published(html)
        assert not found & {"A yes", "A no"}
        assert "B yes" in found


@pytest.mark.parametrize(
    "words",
    [
        "<p>Exit A has no lift but a ramp.</p>",
        "<p>Exit A has a lift and stairs.</p>",
        "<p>Exit A is a few steps from Golden Mall.</p>",
        "<p>Exit A has stairs and an escalator.</p>",
    ],
)
def test_step_free_access_stays_where_another_place_does_not_contradict_it(words: str) -> None:
    assert {"A yes", "B yes"} <= published(STEP_FREE + words)


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Step-free | Lift", "A | Yes | No"),
        table(" | Exit A | Exit B", "Step-free | Yes | –", "Lift | No | –"),
        "<ul><li>Exit A<ul><li>Step-free: yes</li><li>Lift: no</li></ul></li></ul>",
    ],
)
def test_an_exit_at_street_level_is_step_free_without_a_lift(html: str) -> None:
    assert published(html) == {"A yes"}


@pytest.mark.parametrize(
    "answer",
    [
        "Yes<br>via Northpoint",
        "Yes; via Northpoint",
        "Yes<br>through Northpoint City",
        "Yes<br>in the mall",
        "Yes, in the mall",
        "Yes<br>at Northpoint",
        "✓<br>via Northpoint",
        "Yes<br>lift via Northpoint",
    ],
)
def test_an_answer_by_way_of_another_building_is_no_plain_yes(answer: str) -> None:
    for head in ("Step-free", "Lift", "Barrier-free"):
        assert published(table(f"Exit | {head}", f"A | {answer}")) == set()
        assert published(f"<ul><li>Exit A<ul><li>{head}: {answer}</li></ul></li></ul>") == set()


@pytest.mark.parametrize("words", ["Step-free via Northpoint", "Step-free<br>via the mall"])
def test_a_step_free_way_through_another_building_is_not_the_exits(words: str) -> None:
    assert published(table("Exit | Access", f"A | {words}")) == set()


@pytest.mark.parametrize("line", ["via Northpoint", "through the mall", "in the mall", "(via Northpoint)"])
def test_a_line_below_an_answer_may_lead_through_another_building(line: str) -> None:
    assert published(f"<ul><li>Exit A<ul><li>Step-free: yes<br>{line}</li></ul></li></ul>") == set()


@pytest.mark.parametrize(
    "answer",
    ["Yes<br>lift", "Yes (via lift)", "Yes, by lift to street level", "Yes (lift from the concourse)"],
)
def test_an_answer_by_way_of_the_stations_own_lift_is_a_yes(answer: str) -> None:
    assert published(table("Exit | Step-free", f"A | {answer}")) == {"A yes", "A lift"}


@pytest.mark.parametrize(
    "words",
    [
        *("Step-free (one step)", "Step-free with kerb", "Step-free, with a high step"),
        *("Lift too small for wheelchairs", "Lift 200 m away", "Lift, except Sundays", "Lift (see note)"),
        *("Lift from concourse to platform", "Lift between the concourse and the platforms"),
    ],
)
def test_a_step_on_the_way_or_a_lift_of_no_use_gives_the_exit_no_access(words: str) -> None:
    assert not _positive(_in_a_cell(words))
    assert not _positive(_in_a_list(words))


@pytest.mark.parametrize(
    "answer",
    [
        "Yes (one step)",
        "Yes, from platform A",
        "Yes (NEL)",
        "Yes, for NEL",
        "Yes – see note",
        "Yes (with a kerb)",
    ],
)
def test_an_answer_that_holds_for_some_trains_or_with_a_step_is_no_plain_yes(answer: str) -> None:
    assert published(table("Exit | Step-free", f"A | {answer}")) == set()
    assert published(f"<ul><li>Exit A<ul><li>Step-free: {answer}</li></ul></li></ul>") == set()


@pytest.mark.parametrize(
    "words", ["Lift from concourse to street", "Lift from the concourse to street level"]
)
def test_a_lift_to_the_street_is_the_exits(words: str) -> None:
    assert "A lift" in _in_a_cell(words)
