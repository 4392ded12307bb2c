"""What is not read of a page, and may take something back, leaves unread what it stands beside or heads."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import handed_on, published, said, table

DOUBT = 'style="color:var(--x)"'
NOTED = '<sup class="reference"><a href="#cite_note-1">[a]</a></sup>'
NOTES = '<ol class="references"><li id="cite_note-1">Planned; will open in 2027.</li></ol>'
TABLE = table("Exit | Wheelchair accessible", "A | Yes")
LIST = "<ul><li>Exit A: Lift, wheelchair accessible</li></ul>"
ITEM = "<ul><li>Wheelchair accessible</li></ul>"
YES = {"A wheelchair_accessible", "A yes"}


@pytest.mark.parametrize(
    "heading",
    [
        f"<h3 {DOUBT}>Exit B</h3>",
        f"<h3><span {DOUBT}>Exit B</span></h3>",
        "<h3><code>Exit B</code></h3>",
        '<h3><img alt="Exit B"></h3>',
        "<h3><s>Exit B</s></h3>",
        '<h3 class="noprint">Exit B</h3>',
        f"<p {DOUBT}>Exit B</p><p>Lift: yes</p>",
        f"<h2 {DOUBT}>Khatib</h2><h3>Exit B</h3>",
    ],
)
def test_a_heading_that_is_not_read_ends_the_exit_before_it_and_heads_no_exit(heading: str) -> None:
    above = "<h2>Exits</h2><h3>Exit A</h3><p>To Yishun Avenue 2.</p>"
    assert published(above + ITEM) == YES
    assert published(above + heading + ITEM) == set()


@pytest.mark.parametrize("words", [f"<span {DOUBT}>Exit B</span>", "<s>Exit B</s>", '<img alt="Exit B">'])
def test_what_stands_below_a_term_or_item_that_is_not_read_is_nobodys(words: str) -> None:
    for html in (
        f"<dl><dt>Exit A</dt><dd>Yishun</dd><dt>{words}</dt><dd>Wheelchair accessible</dd></dl>",
        f"<ul><li>Exit A</li><li>{words}{ITEM}</li></ul>",
    ):
        assert published(f"<h2>Exits</h2>{html}") == set()
    assert (
        published(f"<dl><dt>Exit A</dt><dt {DOUBT}>Exit B</dt><dd>Wheelchair accessible</dd></dl>") == set()
    )


@pytest.mark.parametrize("words", ["<s>Escalator</s>", '<img alt="Sign of exit A">'])
def test_an_item_struck_out_or_of_an_image_alone_takes_nothing_back(words: str) -> None:
    html = f"<h2>Exits</h2><ul><li>Exit A<ul><li>Wheelchair accessible</li><li>{words}</li></ul></li></ul>"
    assert published(html) == YES


def test_what_stands_in_a_cell_behind_a_heading_that_is_not_read_is_nobodys() -> None:
    cell = "To Yishun<h4>{}</h4>Wheelchair accessible"
    assert published(table("Exit | Details", f"A | {cell.format('Access')}")) == YES
    hidden = table("Exit | Details", f"A | {cell.format(f'<b {DOUBT}>Exit B</b>')}")
    assert published(hidden) == set()
    assert handed_on(hidden) == []


@pytest.mark.parametrize("mark", [f"<span {DOUBT}>planned</span>", NOTED, "*", "<sup>UC</sup>"])
def test_a_note_to_what_heads_a_table_or_list_leaves_it_unread(mark: str) -> None:
    row = f"A | Yes</td></tr><tr><td colspan=2>More{mark}</td></tr><tr><td>A</td><td>Yes"
    headings = (f"<h2>Exits{mark}</h2>", f"<h2>Exits</h2><h3>Exits{mark}</h3>")
    for html in (
        *(heading + below for heading in headings for below in (TABLE, LIST)),
        f"<h2>Exits</h2><p>The exits are:{mark}</p>{LIST}",
        table("Exit | Wheelchair accessible", "A | Yes", caption=f"Exits{mark}"),
        table(f"Exit | Wheelchair accessible{mark}", "A | Yes"),
        table(f"Exit{mark} | Wheelchair accessible", "A | Yes"),
        table("Exit | Wheelchair accessible", row.replace("A | Yes", "B | Yes", 1)),
        "<h2>Platforms</h2>" + table(f"Platform{mark} | Towards", "A | Marina South Pier"),
        f"<h2>Exits</h2><p>One gets out here {mark}</p>{LIST}",
        f"<h2>Platforms</h2><ul><li>Platform A: towards Marina South Pier {mark}</li></ul>",
    ):
        assert {fact for fact in published(html + NOTES) if fact[0] in "A*"} == set(), html


@pytest.mark.parametrize(
    "html",
    [
        f"<h3 {DOUBT}>Planned exits</h3>{LIST}",
        f"<p {DOUBT}>Information as of 1999:</p>{LIST}",
        '<div style="font-size:0"><p style="font-size:14px">Information as of 1999:</p></div>' + LIST,
        f'<p><img alt="Under construction"></p>{LIST}',
        f"<pre>All exits are under construction:</pre>{LIST}",
        TABLE.replace("<caption>", f"<caption {DOUBT}>Planned"),
        TABLE.replace("<tr><td>", f"<tr {DOUBT}><td colspan=2>Planned exits</td></tr><tr><td>"),
        TABLE.replace("Wheelchair", f"<span {DOUBT}>Not</span> wheelchair"),
        f"<aside><section><h2 class='pi-header' {DOUBT}>Planned</h2>"
        "<div class='pi-data'><h3 class='pi-data-label'>Exit A</h3>"
        "<div class='pi-data-value'>Wheelchair accessible</div></div></section></aside>",
    ],
)
def test_words_that_may_be_hidden_take_back_what_they_may_head(html: str) -> None:
    assert published(f"<h2>Exits</h2>{html}") == set()


@pytest.mark.parametrize(
    "words",
    [
        *(f"<sup>{mark}</sup>" for mark in ("UC", "🚧", "!", "No", "✗", "2027", "N1", "§")),
        *(
            f'<img alt="{alt}">'
            for alt in ("Under construction", "Out of service", "Closed.svg", "🚧", "Red X")
        ),
        *(f"<{tag}>closed</{tag}>" for tag in ("code", "tt", "var", "pre", "kbd", "samp", "figure")),
        *(
            f'<span class="{name}">closed</span>'
            for name in ("noprint", "hidden-xs", "hidden-print", "metadata", "thumbinner", "tocolours")
        ),
        '<div style="font-size:0"><b style="font-size:14px">(closed)</b></div>',
        '<span style="visibility:hidden"><b style="visibility:visible">closed</b></span>',
        f"<sup {DOUBT}>UC</sup>",
    ],
)
def test_words_left_out_of_a_cell_or_entry_may_take_it_back(words: str) -> None:
    assert published(table("Exit | Wheelchair accessible", f"A | Yes {words}")) == set()
    assert published(f"<h2>Exits</h2><ul><li>Exit A: wheelchair accessible {words}</li></ul>") == set()


def test_a_word_in_code_is_not_lost_from_its_sentence() -> None:
    assert published("<p>Exit A is <tt>not</tt> wheelchair accessible.</p>") == set()


@pytest.mark.parametrize(
    "beside",
    [
        '<p><img alt="Map of the station"></p>',
        '<table><tr><td colspan=2><img alt="Yishun platforms"></td></tr></table>',
        '<div class="thumb"><p>The old entrance</p></div>',
        '<div class="hatnote">See also Yishun Bus Interchange.</div>',
    ],
)
def test_decoration_in_a_block_of_its_own_takes_nothing_back(beside: str) -> None:
    assert published(f"<h2>Exits</h2>{beside}{TABLE}") == YES
    assert published(table("Exit | Wheelchair accessible", 'A | <img alt="Yes">')) == YES


@pytest.mark.parametrize("notice", ["The exits below are under construction.", "Information as of 1999:"])
@pytest.mark.parametrize(
    "box",
    [
        '<div class="ambox">{}</div>',
        '<table class="plainlinks metadata ambox"><tr><td>{}</td></tr></table>',
        '<div role="note" class="hatnote">{}</div>',
    ],
)
def test_a_notice_takes_back_what_it_leads_to_as_a_paragraph_does(box: str, notice: str) -> None:
    for below in (TABLE, LIST):
        assert published(f"<h2>Exits</h2>{box.format(notice)}{below}") == set()


@pytest.mark.parametrize(
    "item",
    [
        *(
            "<s>Silver Plaza</s> demolished",
            "<del>Silver Plaza</del> (shut down in 2020)",
            "<s>59041</s> removed",
        ),
        "<span style='text-decoration:line-through'>Longhouse</span> – closed",
    ],
)
def test_a_remark_on_a_place_that_is_struck_out_is_of_nothing_else(item: str) -> None:
    listed = f"<ul><li>Golden Mall</li><li>{item}</li><li>Lift</li></ul>"
    for html in (f"<h3>Exit A</h3>{listed}", f"<h3>Exit A</h3><p>Golden Mall<br>{item}<br>Lift</p>"):
        assert said(html) == {"A Golden Mall", "A lift"}
    assert said(table("Exit | Landmarks", f"A | Golden Mall<br>{item}")) == {"A Golden Mall"}


@pytest.mark.parametrize(
    "item",
    [
        *(
            "<s>Open</s> closed",
            "<s>Functional</s> closed",
            "<s>Working well</s> closed",
            "<s>Exit A</s> closed",
        ),
        *("<s>Silver Plaza</s> exit closed", "Golden Mall<br><s>Silver Plaza</s><br>closed"),
    ],
)
def test_a_remark_beside_another_thing_that_is_struck_out_may_be_of_the_exit(item: str) -> None:
    assert said(f"<h3>Exit A</h3><ul><li>Lift</li><li>{item}</li></ul>") == set()


@pytest.mark.parametrize(
    "cell",
    [
        "<ul><li>Zorba</li><li><s>Broadway Plaza</s> (closed 2014)</li><li>Kinex</li></ul>",
        "Zorba<br><del>Broadway Plaza</del> (demolished)<br>Kinex",
    ],
)
def test_brackets_behind_a_name_that_is_struck_out_concern_that_name(cell: str) -> None:
    assert published(table("Exit | Landmarks", f"A | {cell}")) == {"A Zorba", "A Kinex"}


@pytest.mark.parametrize("words", ["In Service", "Fully Open", "Open", "<i>Operational</i>"])
def test_brackets_behind_a_struck_state_of_an_exit_concern_the_exit(words: str) -> None:
    html = f"<h2>Exits</h2><h3>Exit A</h3><ul><li><s>{words}</s> (closed)</li><li>Lift</li></ul>"
    assert published(html) == set()


def test_brackets_behind_struck_words_in_the_middle_of_a_line_may_concern_what_is_before_them() -> None:
    cell = "Golden Mall <s>Broadway Plaza</s> (closed 2014)"
    assert published(table("Exit | Landmarks", f"A | {cell}")) == set()


def test_an_image_of_what_is_not_there_denies_nothing_beside_it() -> None:
    cells = '<img alt="Escalator"> <img alt="No lift">', '<img alt="No escalator"><img alt="Lift">'
    html = table("Exit | Features", f"A | {cells[0]}", f"B | {cells[1]}", 'C | <img alt="No">')
    assert published(html) == {"A escalator", "B lift"}


@pytest.mark.parametrize("pointer", ["at Exit B", "via Exit B", "(Exit B)", "use Exit B instead"])
@pytest.mark.parametrize(("head", "value"), [("Step-free", "Yes"), ("Facilities", "Lift")])
def test_an_answer_above_a_pointer_to_another_exit_is_left_out(head: str, value: str, pointer: str) -> None:
    assert published(table(f"Exit | {head}", f"A | {value}<br>{pointer}")) == set()


def test_a_line_about_another_exit_takes_nothing_from_the_line_above_it() -> None:
    assert published(table("Exit | Facilities", "A | Lift<br>Escalator at Exit B")) == {"A lift"}
    assert published(table("Exit | Facilities", "A | Lift<br>Exit B: escalator")) == {"A lift", "B escalator"}


def test_a_place_a_long_walk_away_is_at_no_exit() -> None:
    places = "Golden Mall (5 min walk)<br>Silver Plaza (25 min walk)<br>Jade Hall (120 m walk)"
    assert published(table("Exit | Places", f"A | {places}")) == {"A Golden Mall", "A Jade Hall"}


def _row_struck(*cells: str) -> str:
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    others = "<tr><td>A</td><td>59049</td><td>Stn</td><td>10</td></tr>"
    heads = "<tr><th>Exit</th><th>Stop code</th><th>Stop name</th><th>Services</th></tr>"
    return f"<table>{heads}{others}<tr>{row}</tr></table>"


@pytest.mark.parametrize(
    "cells",
    [
        ("<s>B</s>", "<s>59041</s>", "<s>Opp Stn</s>", "<s>39</s>"),
        ("<del>B</del>", "<del>59041</del>", "<del>Opp Stn</del>", "Stop withdrawn 2014"),
        ("<s>B</s>", "<s>59041</s>", "<s>Opp Stn</s>", ""),
    ],
)
def test_a_row_struck_out_as_a_whole_takes_back_no_other_row(cells: tuple[str, ...]) -> None:
    assert published(_row_struck(*cells)) == {"A 59049"}


@pytest.mark.parametrize(
    "cells",
    [
        ("<s>B</s>", "59041", "Opp Stn", "39"),
        ("<s>B</s>", "<s>59041</s>", "Opp Stn", "39"),
        ("<s>B</s>", "<s>59041</s>", "<s>Opp Stn</s>", "see below"),
        ("<s>B</s>", "<s>59041</s> 59099", "<s>Opp Stn</s>", ""),
    ],
)
def test_a_row_whose_exit_is_struck_out_and_not_the_rest_makes_a_table_unsure(cells: tuple[str, ...]) -> None:
    assert published(_row_struck(*cells)) == set()


def test_a_picture_of_an_exit_sign_heads_the_column_of_exits() -> None:
    details = "<b>Leads to:</b> Golden Mall<br><b>Bus:</b> 59049 (Opp Stn)<br><b>Facilities:</b> lift"
    head = "<tr><th><img alt='{}'></th><th>Details</th></tr>"
    body = f"<tr><td>A</td><td>{details}</td></tr><tr><td>B</td><td><b>Leads to:</b> Silver Plaza</td></tr>"
    found = {"A Golden Mall", "A 59049", "A lift", "B Silver Plaza"}
    assert published(f"<table>{head.format('Exit sign')}{body}</table>") == found
    assert published(f"<table>{head.format('Closed exit')}{body}</table>") == set()
