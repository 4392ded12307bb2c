"""What names another exit at the head of a block ends what belongs to the exit before it, read or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.extraction.rules.owners import names_another_exit
from tests.unit.extraction.rules.rule_scene import published, table

H3 = "<h2>Exits</h2><h3>Exit B</h3>"
LINES = "<div>Lift: Yes</div><div>Bus stop: 59041</div>"
ITEMS = "<li>Lift: Yes</li><li>Bus stop: 59041</li>"
TERMS = "<dd>Lift: Yes</dd><dd>Bus stop: 59041</dd>"
ROWS = "<tr><td>Lift</td><td>Yes</td></tr><tr><td>Bus stop</td><td>59041</td></tr>"
BEHIND_BREAKS = "<br>{}<br>Lift: Yes<br>Bus stop: 59041"
PANES = (
    "<div class='wds-tabs__wrapper'><ul class='wds-tabs'><li class='wds-tabs__tab'>Nearby</li>"
    "<li class='wds-tabs__tab'>{}</li></ul></div><div class='wds-tab__content'></div>"
)
FORMS = {
    "bold line": f"<h2>Exits</h2><div><b>Exit B</b></div><div><b>{{}}</b></div>{LINES}",
    "line below a heading": f"{H3}<p>{{}}</p>{LINES}",
    "line above a key": f"{H3}<p>{{}}</p><p>Facilities:</p><ul><li>Lift</li><li>Bus stop: 59041</li></ul>",
    "line above a list": f"<h2>Exits</h2><p><b>Exit B</b></p><p><b>{{}}</b></p><ul>{ITEMS}</ul>",
    "line above a table": f"{H3}<p><b>{{}}</b></p><table>{ROWS}</table>",
    "line behind a break": f"{H3}<p>Escalator{BEHIND_BREAKS}</p>",
    "lower heading": f"{H3}<h4>{{}}</h4>{LINES}",
    "flat item": f"{H3}<ul><li>{{}}</li>{ITEMS}</ul>",
    "item with items": f"{H3}<ul><li>{{}}<ul>{ITEMS}</ul></li></ul>",
    "item of an exit": f"<h2>Exits</h2><ul><li>Exit B<ul><li>{{}}</li>{ITEMS}</ul></li></ul>",
    "term": f"{H3}<dl><dt>{{}}</dt>{TERMS}</dl>",
    "caption": f"{H3}<table><caption>{{}}</caption>{ROWS}</table>",
    "first cell": f"{H3}<table><tr><td>{{}}</td><td></td></tr>{ROWS}</table>",
    "cell behind a key": f"{H3}<table><tr><td>Exit</td><td>{{}}</td></tr>{ROWS}</table>",
    "row across": f"{H3}<table><tr><td>Stairs</td></tr><tr><th colspan=2>{{}}</th></tr>{ROWS}</table>",
    "line of a cell": table("Exit | Access", f"B | -{BEHIND_BREAKS}"),
    "tab": f"{H3}<div class='tabber'>{PANES}<div class='wds-tab__content'>{LINES}</div></div>",
}
HEADS = (
    *("Exit C", "Exit C (closed)", "Exit C (closed):", "Exit C: planned", "Exit C – Golden Mile Tower"),
    *(
        "Former Exit C",
        "[Exit C closed]",
        "C (closed)",
        "exit c (closed)",
        "Exits C and D",
        "Exit Z [note 1]",
    ),
    *("New exit (2027)", "Exit TBC", "<s>Exit C</s>", "<del>Exit C</del> (closed)", "Emergency exit"),
)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_stands_below_another_exit_is_not_of_the_exit_before_it(form: str) -> None:
    for head in HEADS:
        assert published(form.format(head)).isdisjoint({"B lift", "B 59041"}), head


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_stands_below_its_own_exit_still_is(form: str) -> None:
    assert {"B lift", "B 59041"} <= published(form.format("Exit B"))


@given(
    st.sampled_from(sorted(FORMS)),
    st.sampled_from("CDEFGH"),
    st.text("abcdefghijklmnopqrstuvwxyz ,-:'0123456789", max_size=20),
)
def test_whatever_is_said_of_another_exit_ends_the_one_before_it(form: str, label: str, remark: str) -> None:
    found = published(FORMS[form].format(f"Exit {label} ({remark})"))
    assert found.isdisjoint({"B lift", "B 59041"})


@pytest.mark.parametrize(
    "words",
    ["This exit has a lift.", "Same as at Exit C", "Exit B (closed)", "Exits A and B", "Exit to the street"],
)
def test_words_that_begin_with_no_other_exit_end_nothing(words: str) -> None:
    assert not names_another_exit(words, ("A", "B"))
    assert not names_another_exit("Exit C (closed)", ())


def test_what_a_cell_says_of_a_further_exit_is_read_again() -> None:
    cell = "Lift<br>Exit C<br>Toilet<br>Exit A: escalator"
    assert published(table("Exit | Access", f"B | {cell}")) == {"B lift", "A escalator"}
