"""Entries as pages write them: what stands before a colon, in brackets, or beside another thing of a list."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said, table

EXIT_A = "<h2>Exits</h2><h3>Exit A</h3>"


def _list(*items: str) -> str:
    return EXIT_A + "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


@pytest.mark.parametrize(
    "html",
    [
        _list("Bus: 59049 (Opp Yishun Stn) – 39, 85A"),
        _list("<b>59049 Opp Stn:</b> 39, 85A"),
        _list("Bus stop 59049: 39, 171 (withdrawn)"),
        table("Exit | Bus", "A | 59049 Opp Stn<br>Svc 39, 85"),
        table("Exit | Bus stop | Services", "A | 59049 | 39, 171 (withdrawn)"),
        table("Service | Towards | Board at | From exit", "39 | Khatib | 59049 Opp Stn | A"),
        "<h2>Buses</h2><ul><li>59049 Opp Stn (Exit A): 39, 85</li></ul>",
    ],
)
def test_the_code_of_a_stop_that_leads_its_services_is_read(html: str) -> None:
    assert published(html) == {"A 59049"}


def test_no_number_among_services_is_a_stop_but_the_first_one_that_more_is_said_of() -> None:
    assert published(_list("Buses: 39, 59049", "Bus: 39 (alight at 59049)", "Routes: 59049, 39")) == set()


@pytest.mark.parametrize("words", ["Escalator, lift (planned)", "Lift (under repair); escalator"])
def test_a_remark_on_a_lift_leaves_what_is_listed_beside_it(words: str) -> None:
    for html in (_list(words), _list(f"Access: {words}"), table("Exit | Facilities", f"A | {words}")):
        assert published(html) == {"A escalator"}


@pytest.mark.parametrize(
    "words",
    [
        *("Escalator, lift (both closed)", "Lift, escalator (closed)", "Escalator and lift (planned)"),
        *("Escalator, lift (exit closed)", "Lift (planned)", "Lift; escalator (planned)"),
    ],
)
def test_a_remark_on_more_than_a_lift_takes_all_of_a_cell_back(words: str) -> None:
    assert published(table("Exit | Facilities", f"A | {words}")) == set()


@pytest.mark.parametrize(("remark", "left"), [("Lift (planned)", {"A 59049"}), ("Closed (planned)", set())])
def test_a_remark_on_a_thing_at_an_exit_does_not_take_back_the_exit(remark: str, left: set[str]) -> None:
    assert published(_list("Bus stop 59049", remark)) == left


@pytest.mark.parametrize(
    ("answer", "value"), [("Yes – lift", "step_free_yes"), ("No – stairs", "step_free_no")]
)
def test_an_answer_ends_at_a_dash(answer: str, value: str) -> None:
    assert f"A {value}" in said(table("Exit | Step free?", f"A | {answer}"))


def test_two_platforms_in_one_cell_have_each_its_own_direction() -> None:
    cell = "Platform A towards Jurong East | Platform B towards Marina South Pier"
    html = f"<table><tr><td>L2</td><td>{cell}</td></tr></table>"
    assert said(html) == {"* A>Jurong East", "* B>Marina South Pier"}
