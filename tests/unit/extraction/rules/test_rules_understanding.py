"""A statement is published only if each of its words and signs is known; unknown ones leave it unread."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import disputed, published, table
from tests.unit.extraction.scene import grounded, said

UNKNOWN = [
    *("Yes (OOS)", "Yes (UC)", "Yes (NA)", "Yes (KIV)", "Yes (FEL)", "Yes (X)", "Yes, PUB", "Yes (U.C.)"),
    *("Yes ❌", "Yes 🚧", "✔ (🚧)", "Yes 👎", "Yes ⏳", "Yes ✝", "✓✗", "Yes/No", "Y/N", "Yes 50%", "Yes²"),
    *("Yes (nearby HDB block)", "Yes (going up only)", "Yes (down)", "Yes (at C)", "1 (B)", "Yes (N/A)"),
    *("Lift OOS", "Lift (RIP)", "lift 🚫", "lift ⛔", "Lift kaput", "Lift –", "!lift", "lift N", "Lift N.A."),
    *("Lift nil", "Lift-free", "lift free", "all but lift", "everything but a lift", "anything but lift"),
    *("No. Lift at B", "Lift in adjacent building", "Lift via B", "Lift in theory", "Lift, of sorts"),
]
NONE = ["0 lifts", "Lift 0", "zero lifts", "nil lifts", "Lifts (0)", "Lift: 0", "Lift: zero"]


@pytest.mark.parametrize("cell", [*UNKNOWN, *NONE])
def test_a_statement_with_a_word_or_sign_that_is_not_known_is_unread(cell: str) -> None:
    for head in ("Lift", "Facilities"):
        assert published(table(f"Exit | {head}", f"A | {cell}", "B | Yes")) <= {"B lift"}
    assert not {fact for fact in published(f"<ul><li>Exit A: {cell}</li></ul>") if "lift" in fact.casefold()}
    listed = f"<ul><li>Exit A: <a href='/x'>Golden Mall</a>, {cell}</li></ul>"
    assert "A lift" not in published(listed)


@pytest.mark.parametrize("cell", ["Yes (OOS)", "Yes 🚧", "Yes (down)", "Yes ❌", "Yes (KIV)"])
@pytest.mark.parametrize("head", ["Step-free", "Escalator", "Wheelchair-accessible", "Tactile paving"])
def test_this_holds_for_every_feature(head: str, cell: str) -> None:
    assert published(table(f"Exit | {head}", f"A | {cell}")) == set()


@pytest.mark.parametrize(
    "cell",
    [
        *("Yes", "Yes!", "2", "2 lifts", "2 × lift", "Yes (2)", "✅", "Y", "Yes (to concourse, level B1)"),
        *("Lift ♿", "Yes (NS13)", "Lift from platforms A and B", "Lift to HDB block 5", "Lift / stairs"),
        *("Lift (up and down)", "1 lift, 0 escalators", "lift; no escalators", "Lift, stairs & ramp", "有"),
    ],
)
def test_a_statement_of_which_all_is_known_is_published(cell: str) -> None:
    head = "Facilities" if "ift" in cell else "Lift"
    assert published(table(f"Exit | {head}", f"A | {cell}")) == {"A lift"}


@pytest.mark.parametrize("no", ["0", "zero", "0 lifts", "–", "-", "No", "nil"])
@pytest.mark.parametrize("yes", ["1", "Yes"])
def test_a_count_of_none_and_a_dash_are_at_odds_with_a_yes(yes: str, no: str) -> None:
    pages = [table("Exit | Lift", f"A | {answer}") for answer in (yes, no)]
    assert published(*pages) == set()
    assert disputed(*pages) == {"A access.features.lift"}


def test_a_dash_alone_says_nothing_of_step_free_access() -> None:
    assert published(table("Exit | Step-free | Wheelchair", "A | – | –")) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        *("Residents want a lift at Exit A.", "Residents asked for a lift at Exit A."),
        *("Petition for a lift at Exit A.", "Exit A needs a lift.", "Exit A deserves a lift."),
        *("Exit A awaits a lift.", "A lift at Exit A is under discussion.", "LTA studies a lift at Exit A."),
        *("LTA tenders for a lift at Exit A.", "Wheelchair users miss a lift at Exit A."),
        *("Exit A has a lift – a joke, it is stairs.", "The lift at Exit A serves VivoCity only."),
        *(
            "Exit A has 0 lifts.",
            "Exit A has zero lifts.",
            "Exit A is lift-free.",
            "Exit A has all but a lift.",
        ),
        *(
            "Exit A (UC) has a lift.",
            "Exit A has a lift 🚧.",
            "Exit A has a lift on paper.",
            "If only Exit A had a lift.",
        ),
        *("No. Lift at Exit A.", "Exit A has a lift. Not.", "Exit A has a lift. This is false."),
        *(
            "Exit A lost its lift.",
            "Where is the lift at Exit A",
            "Exit A is to have a lift.",
            "Imagine a lift at Exit A.",
        ),
        *("Exit A is in line for a lift.", "MPs call for a lift at Exit A.", "Exit A is short of a lift."),
    ],
)
def test_a_sentence_with_a_verb_or_sign_that_is_not_known_is_unread_whoever_read_it(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == set()
    exits, _, _ = grounded(sentence, said("access", "lift", sentence))
    assert not exits


@pytest.mark.parametrize(
    "sentence",
    [
        "Exit A has a lift and an escalator.",
        "Passengers can take the lift at Exit A to reach the street.",
        "Exit A is now served by a lift.",
        "Exit A has a lift that leads to Northpoint City.",
        "The only lift is at Exit A.",
        "Exit A does not have escalators but has a lift.",
        "The lift at Exit A goes down to the concourse.",
        "Exit A of Yishun station is equipped with a lift.",
        "Exit A, located along Yishun Avenue 2, has a lift.",
        "Commuters can use the lift at Exit A.",
    ],
)
def test_a_sentence_of_which_all_is_known_is_published_whoever_read_it(sentence: str) -> None:
    assert "A lift" in published(f"<p>{sentence}</p>")
    exits, _, _ = grounded(sentence, said("access", "lift", sentence))
    assert exits


@pytest.mark.parametrize(
    "lead",
    [
        "The following exits are not open yet:",
        "The following exits are not open yet.",
        "As of 1999:",
        "The station has lifts. Exits as of 1999:",
        "Residents want these lifts:",
        "Planned exits:",
        "The exits below may get a lift.",
    ],
)
@pytest.mark.parametrize("body", [table("Exit | Lift", "A | Yes"), "<ul><li>Exit A: lift</li></ul>"])
def test_a_paragraph_that_takes_back_what_it_leads_to_leaves_it_unread(lead: str, body: str) -> None:
    assert published(f"<p>{lead}</p>{body}") == set()
    assert published(f"<h2>Exits</h2><p>{lead}</p>{body}") == set()
    assert published(f"<p>{lead}</p><h2>Exits</h2>{body}") == {"A lift"}
    assert published(f"<p>{lead}</p><p>The station has the following exits:</p>{body}") == {"A lift"}


@pytest.mark.parametrize("head", ["Exits not open yet", "Exits as of 1999", "Planned exits"])
def test_a_heading_or_caption_that_takes_back_what_is_below_leaves_it_unread(head: str) -> None:
    rows = ("Exit | Lift", "A | Yes")
    assert published(f"<h2>{head}</h2>{table(*rows)}") == set()
    assert published(table(*rows, caption=head)) == set()


@pytest.mark.parametrize(
    "cell",
    [
        *("Golden Mall RIP", "Golden Mall - R.I.P.", "Site of Golden Mall", "Golden Mall (now Silver Hall)"),
        *("Golden Mall - Silver Hall", "Golden Mall – Silver Hall", "Golden Mall 🚧", "Golden Mall ✝"),
        *(
            "Smith, Jones & Co. Building",
            "Smith, Jones and Sons Building",
            "Golden, Mall & Hall",
            "UC",
            "RIP",
        ),
    ],
)
def test_what_may_be_no_one_name_is_no_landmark_whoever_read_it(cell: str) -> None:
    for html in (table("Exit | Landmarks", f"A | {cell}"), f"<ul><li>Exit A: {cell}</li></ul>"):
        assert published(html) == set()
    sentence = f"Exit A leads to {cell}."
    for value in (cell, cell.split(",")[0]):
        assert not grounded(sentence, said("landmark", value, sentence))[0]


@pytest.mark.parametrize("cell", ["Golden Mall, RIP", "Golden Mall (UC)", "Exit A (UC) has a lift", "Yes…"])
def test_a_remark_in_capitals_is_no_landmark(cell: str) -> None:
    for html in (table("Exit | Landmarks", f"A | {cell}"), f"<ul><li>Exit A: {cell}</li></ul>"):
        assert published(html) <= {"A Golden Mall"}
    assert published(f"<ul><li>{cell}</li></ul><p>{cell}</p>") == set()


@pytest.mark.parametrize(
    "name",
    [
        "ION Orchard",
        "JEM",
        "Yishun ITE",
        "Ang Mo Kio HDB Hub",
        "ABC Building",
        "Yishun Community Hospital (YCH)",
    ],
)
def test_a_name_with_capitals_of_its_own_is_a_landmark(name: str) -> None:
    plain = name.partition(" (")[0]
    assert published(table("Exit | Landmarks", f"A | {name}")) == {f"A {plain}"}


@pytest.mark.parametrize(
    "joined",
    [", %s", "; %s", " / %s", " & %s", " and %s", " + %s", "‧%s", " as well as %s", " 2. %s", "<br>%s"],
)
def test_places_are_divided_alike_whatever_stands_between_them(joined: str) -> None:
    first = "1. Golden Mall" if " 2." in joined else "Golden Mall"
    for html in (
        table("Exit | Landmarks", f"A | {first}{joined % 'Silver Hall'}"),
        f"<h3>Exit A</h3><ul><li>Nearby: {first}{joined % 'Silver Hall'}</li></ul>",
    ):
        assert published(html) == {"A Golden Mall", "A Silver Hall"}


def test_a_name_with_a_joining_word_is_kept_whole_where_one_half_names_nothing_by_itself() -> None:
    cells = "Mei Ling Market & Food Centre<br>Smith & Jones<br>Golden Mall & taxi stand"
    assert published(table("Exit | Landmarks", f"A | {cells}")) == {"A Mei Ling Market & Food Centre"}


@pytest.mark.parametrize("head", ["Toilet", "Toilets"])
def test_a_column_of_toilets_of_any_kind_is_not_meant(head: str) -> None:
    yes, no = (table(f"Exit | {head}", f"A | {answer}") for answer in ("Yes", "No"))
    assert (published(yes, no), disputed(yes, no)) == (set(), set())


def test_a_name_of_two_possessives_is_one_place() -> None:
    cells = "KK Women's and Children's Hospital", "Tan's and Golden Hall", "Yishun Square", "Yishun Place"
    rows = (f"{label} | {cell}" for label, cell in zip("ABCD", cells, strict=True))
    assert published(table("Exit | Landmarks", *rows)) == {
        "A KK Women's and Children's Hospital",
        "C Yishun Square",
    }
