"""A statement with a remark that the rules do not understand is unread, not true."""

from __future__ import annotations

from html import escape

import pytest

from tests.unit.extraction.rules.rule_scene import disputed, published, table
from tests.unit.extraction.scene import grounded, said

REMARKS = [
    *("2015–2019", "2015-19", "until 2020", "till 2020", "up to 2019", "formerly", "closed", "Demolished"),
    *(
        "torn down",
        "Torn Down in 2019",
        "pulled down",
        "removed",
        "planned",
        "u/c",
        "U/C",
        "proposed",
        "gone",
    ),
    *("staff only", "Staff Only", "for staff", "goods", "service", "emergency only", "with assistance"),
    *("on request", "by appointment", "certain hours only", "0700–1900", "7am to 7pm", "office hours"),
    *("?", "maybe", "reportedly", "citation needed", "verification needed", "unconfirmed", "not sure"),
    *("partially", "partial", "one of two", "1 of 2", "some days", "vendors first", "not always", "weekends"),
    *("wird abgerissen", "仅限员工", "已拆除", "可能", "货运", "kakitangan sahaja", "was", "ex", "defunct"),
    *("under renovation", "being upgraded", "awaiting repair", "key needed", "faulty since May", "tbc"),
]
FORMS = ["{} ({})", "{} [{}]", "{} – {}", "{}, {}", "{}; {}", "{}<br>{}", "{}. {}"]


@pytest.mark.parametrize("remark", REMARKS)
def test_an_answer_with_a_remark_that_is_not_understood_is_unread(remark: str) -> None:
    for form in FORMS:
        for head, answer in (("Lift", "Yes"), ("Step-free", "Yes"), ("Facilities", "Lift"), ("Lift", "No")):
            html = table(f"Exit | {head}", f"A | {form.format(answer, remark)}", "B | Yes")
            assert {fact for fact in published(html) if fact[0] == "A"} == set(), html
            assert disputed(html, table("Exit | Lift", "A | Yes")) == set(), html


@pytest.mark.parametrize("remark", REMARKS)
def test_a_place_or_stop_with_a_remark_that_is_not_understood_is_unread(remark: str) -> None:
    for form in ("{} ({})", "{} [{}]"):
        for head, value in (("Landmarks", "Golden Mall"), ("Bus stop", "59049")):
            assert published(table(f"Exit | {head}", f"A | {form.format(value, remark)}")) == set(), form
        assert published(f"<ul><li>Exit A: {form.format('lift', remark)}</li></ul>") == set(), form


@pytest.mark.parametrize(
    "remark", ["torn down", "Torn down in 2019", "2015–2019", "demolished", "closed in 2019", "?"]
)
def test_what_is_said_behind_a_place_concerns_that_place(remark: str) -> None:
    for form in ("{}, {}", "{} – {}", "{}; {}", "{}<br>{}"):
        html = table("Exit | Landmarks", f"A | Silver Hall; {form.format('Golden Mall', remark)}")
        assert published(html) == {"A Silver Hall"}, html


@pytest.mark.parametrize(
    "head", ["Status", "Remarks", "Condition", "Notes", "Fate", "", "Years", "Opened", "Name"]
)
@pytest.mark.parametrize(
    "remark", ["torn down", "Torn down in 2019", "2015–2019", "demolished", "u/c", "planned"]
)
def test_a_row_that_says_that_a_thing_is_gone_says_nothing(head: str, remark: str) -> None:
    html = table(
        f"Exit | Landmarks | Lift | {head}", f"A | Golden Mall | Yes | {remark}", "B | Silver Hall | |"
    )
    assert published(html) == {"B Silver Hall"}


@pytest.mark.parametrize(
    "remark",
    ["staff only", "to be verified", "vendors first", "?", "not open", "with assistance", "reportedly"],
)
def test_a_status_that_is_not_understood_leaves_its_row_unread(remark: str) -> None:
    assert published(table("Exit | Lift | Remarks", f"A | Yes | {remark}")) == set()


@pytest.mark.parametrize(
    "head",
    [
        "Goods lift",
        "Service lift",
        "Staff lift",
        "Lift (goods)",
        "Lift (staff only)",
        "Lift (vendors)",
        "Lift 2015–2019",
    ],
)
def test_a_head_with_a_word_that_is_not_understood_heads_nothing(head: str) -> None:
    assert published(table(f"Exit | {head}", "A | Yes")) == set()
    assert published(f"<ul><li>Exit A<ul><li>{head}: yes</li></ul></li></ul>") == set()


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "Yes",
            "Yes (street level)",
            "Yes (to concourse)",
            "Yes (lift)",
            "Lift (24 hours)",
            "Yes (since 2015)",
        ),
        *(
            "Yes, opened in 2013",
            "2 lifts",
            "Yes (to Northpoint City)",
            "lift, stairs",
        ),
        *(
            "Yes (up and down)",
            "✓ (2)",
            "Lift to street level and underpass",
            "Yes (glass lift)",
            "Lift only",
        ),
    ],
)
def test_a_remark_that_takes_nothing_back_leaves_an_answer_as_it_is(cell: str) -> None:
    assert published(table("Exit | Lift", f"A | {cell}")) == {"A lift"}


@pytest.mark.parametrize(
    "cell",
    [
        *("Golden Mall", "Golden Mall (Block B)", "Golden Mall (via underpass)", "Golden Mall (义顺坊)"),
        *("Golden Mall, taxi stand", "Golden Mall (GM)", "Golden Mall, playground", "Golden Mall (Exit A)"),
        *("Golden Mall (shopping mall)", "Golden Mall (Yishun Avenue 2)", "Golden Mall; bus interchange"),
    ],
)
def test_a_remark_that_takes_nothing_back_leaves_a_place_as_it_is(cell: str) -> None:
    assert published(table("Exit | Landmarks", f"A | {cell}")) == {"A Golden Mall"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Exit A has a goods lift.",
        "Exit A has a vendor lift.",
        "Exit A has a lift (2015–2019).",
        "Exit A has a lift (vendors first).",
        "Does Exit A have a lift?",
        "Exit A has a lift, reportedly.",
        "Exit A has a lift for staff only.",
        "Exit A has a lift, on request.",
        "Exit A has a lift [citation needed].",
        "From 2015 to 2019, Exit A has a lift.",
        "With assistance, the lift at Exit A is accessible.",
        "The lift at Exit A was torn down.",
        "The lift at Exit A got torn down.",
        "Exit A has a lift shaft.",
        "One of two exits, Exit A, has a lift.",
    ],
)
def test_a_sentence_that_qualifies_a_feature_is_not_published_whoever_read_it(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == set()
    exits, _, _ = grounded(sentence, said("access", "lift", sentence))
    assert not exits


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "Lift (not) available",
            "(No) lift",
            "Lift, not available",
            "Lift; none",
            "Lift<br>(not available)",
        ),
        *("Lift. Not available.", "Yes; no", "Yes (no)", "Lift, but not in use", "Yes, n/a", "电梯；没有"),
    ],
)
def test_a_denial_that_stands_apart_denies_all_the_same(cell: str) -> None:
    for head in ("Lift", "Facilities"):
        assert published(table(f"Exit | {head}", f"A | {cell}")) == set()
    assert published(f"<ul><li>Exit A: {cell}</li></ul>") == set()


def test_each_key_of_a_cell_has_its_own_answer() -> None:
    html = table("Exit | Facilities", "A | Lift: yes; Escalator: no", "B | Escalator – no; lift")
    assert published(html) == {"A lift", "B lift"}


@pytest.mark.parametrize("remark", ["staff only", "vendors first", "?", "2015–2019", "to be verified"])
def test_a_remark_behind_an_exits_label_that_is_not_understood_leaves_its_entry_unread(remark: str) -> None:
    assert published(table("Exit | Lift", f"A ({remark}) | Yes")) == set()
    assert published(f"<ul><li>Exit A ({remark}): lift</li></ul>") == set()


@pytest.mark.parametrize("remark", ["torn down", "2015–2019", "?", "staff only", "vendors first"])
def test_a_platform_with_a_remark_that_is_not_understood_is_unread(remark: str) -> None:
    for html in (
        table("Platform | Towards", f"A | Jurong East ({remark})"),
        table("Platform | Towards", f"A ({remark}) | Jurong East"),
        table("Platform | Towards | Remarks", f"A | Jurong East | {remark}"),
        f"<ul><li>Platform A: towards Jurong East ({remark})</li></ul>",
        f"<p>Platform A ({remark}): towards Jurong East</p>",
    ):
        assert published(html) == set(), html


IMAGE = """<img onerror="alert('Exit A: lift')">"""


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{escape(IMAGE)}</p>",
        f"<ul><li>{escape(IMAGE)}</li></ul>",
        f"<ul><li>{escape(IMAGE.replace('Exit A', '<br>Exit A'))}</li></ul>",
        "<ul><li>&lt;img onerror=\"alert('<ul><li>Exit A: lift</li></ul>')\"&gt;</li></ul>",
        "<ul><li>&lt;b&gt;Exit A&lt;/b&gt;: lift</li></ul>",
        "<ul><li>Exit A: &lt;b&gt;lift&lt;/b&gt;</li></ul>",
        "<ul><li>'''Exit A''': lift</li></ul>",
        "<ul><li>Exit A: {{lift}}</li></ul>",
        "<ul><li>Exit A: [[lift]]</li></ul>",
        "<p>&lt;!-- Exit A: lift --&gt;</p>",
        table("Exit | Lift", "A | &lt;span title='Yes'&gt;Yes"),
        *(
            f"<ul><li><{tag}>Exit A: lift</{tag}></li></ul>"
            for tag in ("code", "pre", "kbd", "samp", "tt", "var", "xmp", "listing", "textarea")
        ),
        "<pre>Exit A: lift</pre>",
    ],
)
def test_words_inside_markup_that_a_page_shows_as_text_say_nothing(html: str) -> None:
    assert published(html) == set()


def test_markup_in_another_cell_of_the_row_does_no_harm() -> None:
    assert published(table("Exit | Lift | Landmarks", "A | Yes | &lt;b&gt;Golden Mall&lt;/b&gt;")) == {
        "A lift"
    }


@pytest.mark.parametrize(
    "mark",
    [
        "<sup class='noprint Inline-Template'>[<i>citation needed</i>]</sup>",
        "<sup>[verification needed]</sup>",
        "<sub>staff only</sub>",
        "<sup>staff only</sup>",
        "<sup class='reference'><a href='#cite_note-1'>[note 1]</a></sup>",
        "<sup class='reference'><a href='#cite_note-2'>[a]</a></sup>",
        "<sup class='reference'><a href='#cite_note-3'>[3]</a></sup>",
        "<sup>*</sup>",
    ],
)
def test_a_mark_behind_an_answer_that_may_take_it_back_leaves_it_unread(mark: str) -> None:
    notes = "<ol class='references'><li id='cite_note-3'>Staff only, except on Sundays.</li></ol>"
    assert published(table("Exit | Lift", f"A | Yes{mark}") + notes) == set()


@pytest.mark.parametrize(
    "mark",
    ["<sup class='reference'><a href='#cite_note-1'>[1]</a></sup>", "<sup>2</sup>", "<sup>[12]</sup>"],
)
def test_a_number_that_names_a_source_takes_nothing_back(mark: str) -> None:
    notes = (
        "<ol class='references'><li id='cite_note-1'><a class='external' href='https://x.example'>"
        "Planned lift opens</a>, The Straits Times, 2019</li></ol>"
    )
    assert published(table("Exit | Lift", f"A | Yes{mark}") + notes) == {"A lift"}


@pytest.mark.parametrize("former", ["formerly OneKM", "previously known as the Hall of Fame"])
def test_a_place_that_was_called_otherwise_before_is_there(former: str) -> None:
    html = table("Exit | Landmarks", f"A | Golden Mall<br>Kinex ({former})") + table(
        "Exit | Bus stops", "A | 59049"
    )
    assert published(html) == {"A Golden Mall", "A Kinex", "A 59049"}


@pytest.mark.parametrize(
    "former",
    [
        "formerly",
        "formerly OneKM, demolished",
        "formerly open",
        "formerly Lift A",
        "formerly OneKM until 2030",
    ],
)
def test_a_remark_on_the_past_that_is_no_former_name_takes_a_place_back(former: str) -> None:
    assert published(table("Exit | Landmarks", f"A | Kinex ({former})")) == set()


@pytest.mark.parametrize("cell", ["Escalator, lift proposed", "Lift under maintenance, escalator"])
def test_a_lift_to_come_takes_back_nothing_that_is_listed_beside_it(cell: str) -> None:
    assert published(table("Exit | Access", f"A | {cell}")) == {"A escalator"}


@pytest.mark.parametrize(
    ("way", "facts"),
    [
        ("Wheelchair accessible via ramp", {"A wheelchair_accessible", "A yes"}),
        ("Wheelchair accessible", set()),
        ("Step-free by lift or ramp", set()),
    ],
)
def test_a_way_by_a_ramp_needs_no_lift_that_is_to_come(way: str, facts: set[str]) -> None:
    assert published(table("Exit | Access", f"A | Lift (proposed)<br>{way}")) == facts
    assert published(table("Exit | Access", f"A | {way}, all proposed")) == set()


def test_the_time_of_a_walk_takes_nothing_back() -> None:
    cell = "Golden Mall (5 min walk), Zorba (10-minute walk), Kinex (200 m away), Orto (walk in 2031)"
    assert published(table("Exit | Landmarks", f"A | {cell}")) == {"A Golden Mall", "A Zorba", "A Kinex"}


def test_an_escalator_that_runs_up_is_there_and_one_that_is_down_may_not_be() -> None:
    html = table("Exit | Access", "A | Escalator (up)", "B | Escalator (down)", "C | Lift (up)")
    assert published(html) == {"A escalator"}


@pytest.mark.parametrize(
    "doubted", ["Silver Sports Hall?", "Silver Sports Hall? (please verify)", "Silver Hall†"]
)
def test_doubt_of_a_name_on_its_own_line_is_of_no_other_line(doubted: str) -> None:
    assert published(table("Exit | Landmarks", f"A | Golden Mall<br>{doubted}")) == {"A Golden Mall"}


@pytest.mark.parametrize(
    "rest", [", Silver Hall?", "<br>closed?", "<br>Closed†", "<br>?", "<br>(please verify)"]
)
def test_doubt_without_a_name_on_its_own_line_is_of_what_is_before_it(rest: str) -> None:
    assert published(table("Exit | Landmarks", f"A | Golden Mall{rest}")) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "Either Exit A or Exit B is step-free.",
        "Exit A or Exit B is step-free.",
        "Either exit is step-free: Exit A or Exit B.",
    ],
)
def test_access_by_one_of_two_exits_is_given_to_neither(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == set()
    assert published("<p>Both Exit A and Exit B are step-free.</p>") == {"A yes", "B yes"}


@pytest.mark.parametrize("mark", ["#", " #", " (1)", " (a)", " [2]", "<sup>#</sup>"])
def test_an_answer_with_a_footnote_mark_is_unread(mark: str) -> None:
    for head in ("Lift", "Step-free"):
        assert published(table(f"Exit | {head}", f"A | Yes{mark}")) == set()


@pytest.mark.parametrize("mark", ["<sup>1</sup>", "<sup>[1]</sup>", " <sup>(1)</sup>"])
def test_a_raised_number_takes_an_answer_back_if_a_note_on_the_page_begins_with_it(mark: str) -> None:
    rows = table("Exit | Lift", f"A | Yes{mark}", "B | Yes<sup>2</sup>")
    assert published(f"{rows}<p><sup>1</sup> Goods lift</p>") == {"B lift"}
    listed = "<ol class='references'><li id='cite_note-1'>Goods lift, staff only.</li></ol>"
    assert published(f"{rows}{listed}") == {"B lift"}
    assert published(f"{rows}<ol class='references'><li>Closed for works</li></ol>") == {"B lift"}
    assert published(f"{rows}<p>Built in 1988.<sup>1</sup></p>") == {"A lift", "B lift"}


@pytest.mark.parametrize(
    "mark", ["#", " #", " (1)", " (a)", " [1]", "<sup>#</sup>", "<sup>a</sup>", "*", "†"]
)
def test_a_feature_or_place_with_a_footnote_mark_is_unread(mark: str) -> None:
    assert published(table("Exit | Access", f"A | Lift{mark}", "B | Lift")) == {"B lift"}
    assert published(f"<ul><li>Exit A: Lift{mark}</li><li>Exit B: Lift</li></ul>") == {"B lift"}
    assert published(table("Exit | Nearby", f"A | Golden Mall{mark}", "B | Golden Hall")) == {"B Golden Hall"}


def test_numbers_that_count_or_name_lifts_are_no_footnote_marks() -> None:
    rows = ("A | Lift (2)", "B | Lift 1", "C | Lift x2", "D | 2 lifts (B1 to street)")
    assert published(table("Exit | Access", *rows)) == {"A lift", "B lift", "C lift", "D lift"}


def test_an_answer_that_counts_or_explains_has_no_footnote_mark() -> None:
    html = table("Exit | Lift", "A | Yes (2 lifts)", "B | 2", "C | Yes (Exit C)")
    assert published(html) == {"A lift", "B lift", "C lift"}


def test_an_answer_of_a_row_of_two_exits_for_one_in_brackets_is_not_given_to_both() -> None:
    assert published(table("Exit | Step-free", "A & B | Yes (A)")) == set()
    assert published(table("Exit | Step-free", "A & B | Yes (Exit A)")) == {"A yes"}
    assert published(table("Exit | Step-free", "A & B | Yes")) == {"A yes", "B yes"}


@pytest.mark.parametrize(
    "lead",
    [
        "This table shows the station before 2019.",
        "The table shows plans of 1984.",
        "The list was written until 2012.",
        "This exit list is no longer correct.",
    ],
)
def test_a_paragraph_on_another_time_takes_back_the_table_or_list_that_it_introduces(lead: str) -> None:
    for below in (table("Exit | Lift", "A | Yes"), "<ul><li>Exit A: Lift</li></ul>"):
        assert published(f"<h2>Exits</h2><p>{lead}</p>{below}") == set()
        assert published(f"<h2>Exits</h2><p>This table shows all exits.</p>{below}") == {"A lift"}


@pytest.mark.parametrize(
    "note",
    [
        "This table shows the station before 2019.",
        "These exits will open in 2028.",
        "The table shows plans of 1984.",
        "Note: the list is no longer up to date.",
        "All of these were removed in 2020.",
    ],
)
def test_a_paragraph_on_another_time_takes_back_the_table_or_list_above_it(note: str) -> None:
    for above in (table("Exit | Lift", "A | Yes"), "<ul><li>Exit A: Lift</li><li>Exit B: Stairs</li></ul>"):
        assert published(f"<h2>Exits</h2>{above}<p>{note}</p>") == set()


@pytest.mark.parametrize(
    "note",
    [
        "This table shows all exits.",
        "The following exits are planned:",
        "The station was opened before 2019.",
        "The list below shows the exits of the future.",
    ],
)
def test_a_paragraph_on_something_else_leaves_the_table_above_it(note: str) -> None:
    rows = table("Exit | Lift", "A | Yes")
    assert published(f"<h2>Exits</h2>{rows}<p>{note}</p>") == {"A lift"}
    assert published(f"<h2>Exits</h2>{rows}<h2>Future</h2><p>These exits will open.</p>") == {"A lift"}
