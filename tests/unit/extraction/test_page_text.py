"""A page's HTML becomes clean text in which every part has its place."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mrt_pipeline.extraction.page_model import NOTE, Heading, Line, PageText, Table, bounds_of
from mrt_pipeline.extraction.page_parts import MAX_SAME_WORD, SHOWN_CHARS
from mrt_pipeline.extraction.page_text import read_page_text
from mrt_pipeline.extraction.page_writer import MAX_TEXT_CHARS
from mrt_pipeline.extraction.sheets import MAX_SHEETS_CHARS
from tests.fakes.hidden_words import COVERING, DOUBTFUL, HIDING, SHOWING, WORDS

TITLE = "Yishun MRT Station"


def text_of(html: str) -> str:
    return read_page_text(html, TITLE).text


def rows_of(html: str) -> list[list[str]]:
    """Return the words of a page's tables, cell by cell."""
    page = read_page_text(html, TITLE)
    tables = [block for block in page.blocks if isinstance(block, Table)]
    return [[page.words(cell.piece) for cell in row.cells] for table in tables for row in table.rows]


def test_headings_paragraphs_lists_and_tables_keep_their_form() -> None:
    html = """
    <div><p>A   station<br>in Yishun.</p><h2><span>Exits</span></h2>
    <table><caption>List</caption><tr><th>Exit</th><th>Lift</th></tr><tr><td>A</td><td>Yes</td></tr></table>
    <ul><li>Exit A<ul><li>Lift</li></ul></li><li>Exit B</li></ul><dl><dt>Exit C</dt><dd>Stairs</dd></dl></div>
    """
    assert text_of(html) == (
        "A station\n\nin Yishun.\n\n== Exits ==\n\nList\nExit | Lift\nA | Yes\n\n"
        "- Exit A\n  - Lift\n- Exit B\n\nExit C\n- Stairs\n"
    )


def test_every_block_and_cell_points_at_its_own_words() -> None:
    page = read_page_text(
        "<h2>Exits</h2><p>Exit A</p><table><tr><td>A</td><td><a href='/x'>Mall</a>, B</td></tr></table>",
        TITLE,
    )
    heading, line, table = page.blocks
    assert isinstance(heading, Heading) and page.words(heading.piece) == "Exits" and heading.level == 2
    assert isinstance(line, Line) and page.words(line.piece) == "Exit A"
    assert isinstance(table, Table)
    cell = table.rows[0].cells[1]
    assert page.words(cell.piece) == "Mall, B"
    assert [page.text[slice(*link)] for link in cell.piece.links] == ["Mall"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert('Exit A')</script>",
        "<style>.exit{}</style>",
        "<table class='navbox collapsible'><tr><td>Exit A</td></tr></table>",
        "<div id='toc'>Exit A</div>",
        "<div role='navigation'>Exit A</div>",
        "<span class='mw-editsection'>[edit]</span>",
        "<sup class='reference'>[1]</sup>",
        "<ol class='references'><li>Exit A</li></ol>",
        "<ul class='gallery mw-gallery-traditional'><li>Exit A</li></ul>",
        "<div class='thumb tright'>Exit A</div>",
        "<figure>Exit A</figure>",
        "<!-- Exit A -->",
        "<s>Exit A</s><del>B</del><strike>C</strike>",
        "<span style='display: none'>Exit A</span>",
        "<span style='font-size:0'>Exit A</span>",
        "<span style='text-decoration:line-through'>Exit A</span>",
        "<div hidden>Exit A</div>",
        "<a href='/index.php?title=Special:Upload'>File:Exit A.jpg</a>",
        "<img src='x' onerror='alert(1)' alt='a photograph of exit A'>",
        "<iframe src='http://example.org'>Exit A</iframe>",
        "<template>Exit A</template>",
        "",
        "\x00",
    ],
)
def test_what_is_not_the_pages_text_is_left_out(html: str) -> None:
    assert text_of(f"<p>before{html}after</p>").split() in (["beforeafter"], ["before", "after"])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("A<sup>1</sup>", "A"),
        ("7<sup>th</sup> floor", "7th floor"),
        ("<img alt='Yes check.svg'>", "Yes check"),
        ("a\u200b\u200eb\u00adc\u0000", "abc"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("வெளியேறும் வழி", "வெளியேறும் வழி"),
        ("க்\u200cஷ", "க்\u200cஷ"),
        ("A | B", "A ¦ B"),
        ("<b>Exit</b> <i>A</i>", "Exit A"),
        ("a<p>b", "a\n\nb"),
        ("&lt;script&gt;", "<script>"),
        ("<unknown>kept</unknown>", "kept"),
    ],
)
def test_words_come_out_clean(html: str, text: str) -> None:
    assert text_of(html).strip() == text


def test_a_merged_cell_stands_in_every_row_and_column_it_spans() -> None:
    html = """
    <table><tr><th rowspan="2">Exit</th><th colspan="2">Bus stops</th></tr><tr><th>Near</th><th>Far</th></tr>
    <tr><td rowspan="2">A</td><td>1</td><td>2</td></tr><tr><td colspan="2">3</td></tr></table>
    """
    assert rows_of(html) == [
        ["Exit", "Bus stops", "Bus stops"],
        ["Exit", "Near", "Far"],
        ["A", "1", "2"],
        ["A", "3", "3"],
    ]
    assert "A | 1 | 2\nA | 3 | \n" in text_of(html)


def test_lists_and_lines_in_a_cell_are_divided() -> None:
    html = "<table><tr><td>1<br>2<ul><li>a</li><li>b</li></ul>Stops:<ul><li>c</li></ul></td></tr></table>"
    assert rows_of(html) == [["1; 2; a; b; Stops: c"]]


def test_a_table_in_a_cell_follows_with_the_label_of_its_row() -> None:
    html = """
    <table><tr><th>Exit</th><th>Stops</th></tr>
    <tr><td>A</td><td><table><tr><th>Code</th><th>Name</th></tr><tr><td>1</td><td>x</td></tr></table></td></tr>
    <tr><td>B</td><td><table><tr><td>Lift</td><td>Yes</td></tr></table></td></tr></table>
    """
    assert rows_of(html) == [
        ["Exit", "Stops"],
        ["A", ""],
        ["B", ""],
        ["Exit", "Code", "Name"],
        ["A", "1", "x"],
        ["Exit", "Stops", "Stops"],
        ["B", "Lift", "Yes"],
    ]


@pytest.mark.parametrize(
    "span",
    [
        "2",
        " 2",
        "\t\n2",
        "+2",
        "02",
        "2;",
        "2px",
        "2.0",
        "2.9",
        "2%",
        "2 rows",
        "2e3",
        '2"',
        "2\u00a0",
        "2-3",
    ],
)
def test_a_span_is_its_leading_digits_as_in_browsers(span: str) -> None:
    written, rest = escape(span), "<tr><td>B</td><td>2</td><td>3</td></tr></table>"
    tall = f'<table><tr><td rowspan="{written}">A</td><td>1</td></tr><tr><td>2</td></tr>{rest}'
    wide = f'<table><tr><td colspan="{written}">A</td><td>1</td></tr>{rest}'
    assert rows_of(tall) == [["A", "1", ""], ["A", "2", ""], ["B", "2", "3"]]
    assert rows_of(wide) == [["A", "A", "1"], ["B", "2", "3"]]


@pytest.mark.parametrize(
    "span", ["", "x", "-2", "- 2", "++2", ".5", "two", "\u0662", "\uff12", "\u00a02", "-0"]
)
def test_a_span_without_leading_digits_is_one(span: str) -> None:
    html = f"<table><tr><td colspan='{span}'>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table>"
    assert rows_of(html) == [["A", "1"], ["B", "2"]]


@pytest.mark.parametrize("span", ["0", "00", "0px", "+0", "9", "99999", "99999999999999999999"])
def test_a_rowspan_reaches_to_the_end_of_its_group_of_rows_at_most(span: str) -> None:
    html = f"""<table><thead><tr><td rowspan="{span}">Exit</td><td>Lift</td></tr></thead>
    <tbody><tr><td rowspan="{span}">A</td><td>1</td></tr><tr><td>2</td></tr></tbody>
    <tr><td>B</td><td>3</td></tr></table>"""
    assert rows_of(html) == [["Exit", "Lift"], ["A", "1"], ["A", "2"], ["B", "3"]]


def test_cells_that_lie_upon_each_other_are_not_read() -> None:
    html = """<table><tr><td>A</td><td rowspan=2>Lift</td></tr><tr><td colspan=2>Ramp</td></tr>
    <tr><td>B</td><td>Stairs</td></tr></table>"""
    assert rows_of(html) == [["A", "†"], ["†", "†"], ["B", "Stairs"]]


def test_a_table_within_a_cell_divides_no_rows_of_the_outer_one() -> None:
    inner = "<table><tbody><tr><td>x</td></tr></tbody></table>"
    html = f"<table><tr><td rowspan=2>A</td><td>1{inner}</td></tr><tr><td>2</td></tr></table>"
    assert rows_of(html)[:2] == [["A", "1"], ["A", "2"]]


@pytest.mark.parametrize("size", ["0", "0px", "0.0em", ".0em", "+0", "0e3px", "00%"])
def test_letters_of_no_size_are_not_seen(size: str) -> None:
    assert text_of(f"<p>x<span style='font-size: {size}'>Exit A</span></p>") == "x\n"


def test_words_that_nobody_can_see_are_no_text() -> None:
    ways = (*HIDING, *DOUBTFUL)
    assert [html for html in ways if WORDS in text_of(f"<div>before {html} after</div>")] == []


def test_words_under_ordinary_styles_are_read() -> None:
    unread = [html for html in SHOWING if text_of(f"<div>{html}</div>").strip() != WORDS]
    assert unread == []


@pytest.mark.parametrize(
    "rule",
    [
        *(
            ".x{opacity:0}",
            "p .x:first-child { display : none }",
            "b{color:#fff}",
            "#i,h6{font-size:0}",
            "*{zoom:.1}",
        ),
        *(
            "@media screen{.x{visibility:hidden}}",
            "/*{*/.x{clip:rect(0 0 0 0)}",
            ".x{opacity:0",
            "[class]{opacity:0}",
        ),
        *(
            r".\78{opacity:0}",
            "div > p ~ .y.x{--a:0;opacity:var(--a)}",
            ":is(.x,.z){opacity:0}",
            ".x{}.x{left:-999px}",
            ".x{opacity:0;i{color:red}}",
            ".x{i{color:red}opacity:0}",
        ),
        *(
            ".z::after{content:'/*'}.x{opacity:0}",
            ".z{background:url(/*)}.x{opacity:0}",
            ".x[title='a q']{opacity:0}",
            "[class~=x]{opacity:0}",
            ".x:not(:has(:is(i) u)){opacity:0}",
            "B{opacity:0}",
            "<!--b{opacity:0}-->",
            ".é😀{opacity:0}",
            ".x\u00a0x{opacity:0}",
            "@scope (.x) to (i){opacity:0}",
            "@import 'sheet.css';",
            pytest.param(".x{opacity:0}" + " " * MAX_SHEETS_CHARS, id="too long"),
            "@font-face{font-family:Arial;src:url(swapped.woff)}",
            ".x{font-family:'Wingdings'}",
            ".x{display:table-column}",
        ),
    ],
)
def test_words_that_a_style_sheet_in_the_page_may_hide_are_no_text(rule: str) -> None:
    html = f"<style>{rule}</style><div><p>Lift <b class='y x é😀 x\u00a0x' id='i'>closed</b></p></div>"
    assert "closed" not in text_of(html)


def test_a_table_whose_cells_a_style_sheet_may_hide_is_not_read() -> None:
    rows = "<tr><td class=x>1</td><td>2</td></tr><tr><td>a</td><td>b</td></tr>"
    assert rows_of(f"<style>.x{{display:none}}</style><table>{rows}</table>") == []


def test_a_table_whose_cells_a_style_sheet_may_move_is_not_read() -> None:
    row = "<tr><td class=x>1</td><td class=x>2</td><td>3</td></tr>"
    assert rows_of(f"<style>.x{{display:block}}</style><table>{row}</table>") == []


def test_a_page_whose_style_sheet_is_elsewhere_is_not_read() -> None:
    assert text_of("<link rel='Stylesheet' href='sheet.css'><p>Exit A</p>") == "†\n"


@pytest.mark.parametrize("html", COVERING)
def test_words_that_others_may_lie_upon_push_away_or_turn_round_are_no_text(html: str) -> None:
    assert WORDS not in text_of(f"<div>{html}</div>")


def test_what_lies_upon_words_by_a_style_sheet_leaves_them_unread() -> None:
    sheet = "<style>.x{position:absolute}.y{background:#fff}</style>"
    assert text_of(f"{sheet}<b class='x y'> </b>Exit A") == "†\n"


def test_what_is_moved_but_paints_nothing_leaves_other_words_as_they_are() -> None:
    assert text_of("<b style='position:absolute;right:0'></b><p>Exit A</p>") == "Exit A\n"


def test_a_style_sheet_that_hides_nothing_or_other_elements_changes_nothing() -> None:
    sheet = ".x{text-align:center;border:1px solid red} .other{display:none} .y i{opacity:0} #j{color:red}"
    assert text_of(f"<style>{sheet}</style><p class='x y' id='i'>Exit A</p>") == "Exit A\n"


def test_words_that_one_click_shows_are_read() -> None:
    assert text_of("<details><summary>Exits</summary>Exit A</details>") == "Exits\n\nExit A\n"


def test_words_that_may_be_seen_leave_a_mark_since_they_may_take_something_back() -> None:
    assert text_of('<p>Lift <i style="color:var(--x)">closed</i></p>') == "Lift †\n"
    assert text_of('<p>Lift <i style="color:var(--x)"> </i></p>') == "Lift\n"
    assert text_of('<p>Lift <i style="display:none">closed</i></p>') == "Lift\n"


@pytest.mark.parametrize(
    ("style", "rows"),
    [
        ("display:none", [["1", "2", ""], ["a", "b", "c"]]),
        ("opacity:0", [["", "1", "2"], ["a", "b", "c"]]),
        ("color:var(--x)", [["†", "1", "2"], ["a", "b", "c"]]),
        ("display:block", []),
        ("float:right", []),
        (r"d\69splay:none", []),
        ("display:none;display:table-cell", []),
    ],
)
def test_a_cell_that_may_be_hidden_moves_no_other_into_a_column_not_its_own(
    style: str, rows: list[list[str]]
) -> None:
    hidden, other = (
        f'<tr><td style="{style}">x</td><td>1</td><td>2</td></tr>',
        "<tr><td>a</td><td>b</td><td>c</td></tr>",
    )
    assert rows_of(f"<table>{hidden}{other}</table>") == rows


def test_a_row_that_nobody_sees_still_counts_for_cells_that_span_rows() -> None:
    html = """<table><tr><td rowspan=2>A</td><td>1</td></tr><tr style="opacity:0"><td>2</td></tr>
    <tr><td>B</td><td>3</td></tr></table>"""
    assert rows_of(html) == [["A", "1"], ["A", "†"], ["B", "3"]]


@pytest.mark.parametrize("span", ["0", "-1", "1e9", "99999999999999999999", "x", "", "\u0663"])
def test_a_span_that_is_no_sensible_number_does_no_harm(span: str) -> None:
    html = f"<table><tr><td rowspan='{span}' colspan='{span}'>A</td></tr><tr><td>B</td></tr></table>"
    assert rows_of(html)[0][0] == "A"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "Exit A",
        "<table><tr><td>" * 5_000 + "Exit A",
        "<table>" + "<tr><td rowspan=1000 colspan=1000>" + "Exit A " * 200 + "</td></tr>" * 500,
        "<p>" + "Exit A " * 300_000,
        pytest.param("<ul>" + "<li>Exit A, lift</li>" * 60_000, marks=pytest.mark.slow),
        "<h2>" * 50_000,
        pytest.param("<td>" * 100_000, marks=pytest.mark.slow),
        "</table>" * 1000 + "<td>x</td>" + "</li>" * 1000,
    ],
)
def test_a_hostile_page_yields_bounded_text(html: str) -> None:
    assert len(text_of(html)) <= MAX_TEXT_CHARS


def test_entities_of_its_own_are_not_resolved() -> None:
    html = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'><!ENTITY b 'Exit A'>]><p>&a;&b;</p>"
    assert text_of(html).endswith("&a;&b\n")


def test_an_endless_cell_is_cut_where_no_word_or_name_is_cut() -> None:
    html = f"<table><tr><td>A</td><td>59041; {'spam ' * 2000}59049</td></tr></table>"
    assert rows_of(html) == [["A", "59041"]]


def test_what_is_cut_is_told_once_by_its_beginning() -> None:
    endless = "Exit A. " + "A lift. " * 600
    page = read_page_text(
        f"<p>{endless}</p><table><caption>B {endless}</caption><tr><td rowspan=2>C {endless}</td>"
        "<td>Yes</td></tr><tr><td>No</td></tr></table><p>Exit B</p>",
        TITLE,
    )
    assert [cut[:6] for cut in page.cut] == ["Exit A", "B Exit", "C Exit"]
    assert all(len(cut) == SHOWN_CHARS for cut in page.cut)
    assert read_page_text("<p>Exit A. A lift.</p>", TITLE).cut == ()


def test_the_first_part_that_finds_no_room_is_told() -> None:
    words = " ".join(f"lift{number:03}" for number in range(400))
    paragraphs = "".join(f"<p>{number} {words}</p>" for number in range(70))
    (cut,) = read_page_text(paragraphs, TITLE).cut
    assert cut.startswith("62 lift000")


@pytest.mark.parametrize("phrase", ["Exit A ", "Exit A, ", "lift ", "bus stop 12345 ", "- ", "A/", "("])
@pytest.mark.parametrize("form", ["<p>{}</p>", "<ul><li>{}</li></ul>", "<table><tr><td>{}</td></tr></table>"])
def test_a_line_that_repeats_a_word_is_left_unread_and_told(form: str, phrase: str) -> None:
    page = read_page_text(form.format(phrase * (MAX_SAME_WORD + 1)), TITLE)
    assert (page.text.strip(" -\n"), len(page.cut)) == (NOTE, 1)


def test_a_line_may_repeat_a_word_as_often_as_a_list_needs() -> None:
    page = read_page_text(f"<p>{'Exit A ' * MAX_SAME_WORD}</p>", TITLE)
    assert (page.text.count("Exit A"), page.cut) == (MAX_SAME_WORD, ())


def test_a_page_too_long_is_cut_between_its_elements() -> None:
    html = "<p>Exit A</p>" + "<!---->" * 400_000 + "<p>Exit B has a lift</p>"
    page = read_page_text(html, TITLE)
    assert (page.text, [cut[:7] for cut in page.cut]) == ("Exit A\n", ["<!---->"])


def test_the_first_cell_that_is_too_far_down_or_to_the_right_is_told() -> None:
    long = "".join(f"<tr><td>Exit {number}</td><td>Lift</td></tr>" for number in range(1, 403))
    wide = "<tr>" + "".join(f"<td>Lift {number}</td>" for number in range(1, 33)) + "</tr>"
    assert read_page_text(f"<table>{long}</table>", TITLE).cut == ("Exit 401",)
    assert read_page_text(f"<table>{wide}</table>", TITLE).cut == ("Lift 31",)
    assert (
        read_page_text("<table><tr><th colspan=99>Exits</th></tr><tr><td>A</td></tr></table>", TITLE).cut
        == ()
    )


TAGS = (
    *("p", "div", "br", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "tr", "td", "th"),
    *("a", "b", "s", "sup", "span", "script", "img", "nonsense", "td rowspan=3", "td colspan=2", "li hidden"),
)


def markup() -> st.SearchStrategy[str]:
    """Return pieces of HTML in any order, well-formed or not."""
    tags = st.sampled_from(TAGS)
    pieces = st.one_of(
        tags.map(lambda tag: f"<{tag}>"),
        tags.map(lambda tag: f"</{tag.split()[0]}>"),
        st.sampled_from(
            ["Exit A", "59041", "|", ";", ":", "&amp;", "&#0;", "&bogus;", "<", ">", "<!--", "-->", "\x00"]
        ),
        st.text(max_size=8),
    )
    return st.lists(pieces, max_size=40).map("".join)


@given(markup())
@example("<a>&bogus;")
def test_any_html_is_read_and_every_part_lies_in_the_text_in_order(html: str) -> None:
    page = read_page_text(html, TITLE)
    assert all(char.isprintable() or char in "\n\u200c\u200d" for char in page.text)
    position = 0
    for block in page.blocks:
        start, end = bounds_of(block)
        assert position <= start <= end <= len(page.text)
        position = end
        check_block(page, block)


def check_block(page: PageText, block: Heading | Line | Table) -> None:
    if isinstance(block, Table):
        assert len({len(row.cells) for row in block.rows}) == 1
        for row in block.rows:
            assert "\n" not in page.text[row.start : row.end]
            for cell in row.cells:
                assert row.start <= cell.piece.start <= cell.piece.end <= row.end
                assert "|" not in page.words(cell.piece)
        return
    assert page.words(block.piece).strip() == page.words(block.piece) != ""
    assert "\n" not in page.words(block.piece)
    for start, end in block.piece.links:
        assert block.piece.start <= start < end <= block.piece.end


def test_a_box_of_facts_is_read_as_the_table_it_looks_like() -> None:
    box = (
        "<aside class='portable-infobox'><h2 class='pi-title'>Yishun</h2><figure>A photograph</figure>"
        "<section class='pi-group'><h2 class='pi-header'>Exits</h2><div class='pi-item pi-data'>"
        "<h3 class='pi-data-label'>Exit A</h3><div class='pi-data-value'>A lift</div></div></section>"
        "<section class='pi-group'><table><tr><th>Exit</th></tr><tr><td>B</td></tr></table></section></aside>"
    )
    assert text_of(f"{box}<p>after</p>").split("\n\n") == [
        "Yishun | \nExits | \nExit A | A lift",
        "Exit\nB",
        "after\n",
    ]


def test_each_pane_of_tabs_is_headed_by_its_own_tab() -> None:
    tabs = "".join(f"<li class='wds-tabs__tab'><a>Exit {label}</a></li>" for label in "AB")
    panes = "".join(f"<div class='wds-tab__content'><p>{words}</p></div>" for words in ("Lift", "Stairs"))
    bar = f"<div class='wds-tabs__wrapper'><ul class='wds-tabs'>{tabs}</ul></div>"
    text = text_of(f"<div class='tabber wds-tabber'>{bar}{panes}</div>")
    assert " ".join(text.split()) == "====== Exit A ====== Lift ====== Exit B ====== Stairs"
    old = "<div class='tabbertab' title='Exit C'>Ramp</div>"
    assert " ".join(text_of(old).split()) == "====== Exit C ====== Ramp"


def test_a_control_character_in_or_beside_a_tab_is_left_out() -> None:
    pane = "<div class='tabbertab' title='Exit\x14 C'>Ra\x14mp</div>"
    assert " ".join(text_of(pane).split()) == "====== Exit C ====== Ramp"


@pytest.mark.parametrize(
    "mark",
    [
        *("\u202e", "&#x202b;", "<b>\u2067</b>", "\u200f", "\u061c", "\u202a", "\u2066", "\u2068", "\u2069"),
        *(
            "\u05d0",
            "\u0627",
            "\u0665",
            "\ufe8d",
            "\U0001e900",
            "<s>\u05d0</s>",
            "<bdi>\u05d01</bdi>",
            "<bdo>x</bdo>",
        ),
        *("<b dir=auto>x</b>", "<b dir=rtl>x</b>", "<b dir=AUTO></b>", "<b style='opacity:0'>\u05d0</b>"),
    ],
)
def test_words_that_may_be_turned_round_leave_only_their_own_cell_or_block_unread(mark: str) -> None:
    table = f"<table><tr><td>A</td><td>{mark}Exit 12</td><td>Lift</td></tr></table>"
    html = f"{table}<p>Exit B</p><p>{mark}C<br>D</p>"
    assert rows_of(html) == [["A", "†", "Lift"]]
    assert text_of(html).split("\n\n")[1:] == ["Exit B", "†", "†\n"]


def test_digits_between_marks_of_direction_are_not_read() -> None:
    row = "<tr><td>&rlm;1&rlm;3&rlm;</td><td>Lift</td></tr>"
    assert rows_of(f"<table><tr><th>Exit</th><th>Access</th></tr>{row}</table>") == [
        ["Exit", "Access"],
        ["†", "Lift"],
    ]


def test_a_page_that_is_marked_as_written_from_left_to_right_is_read() -> None:
    assert text_of("<div class='mw-parser-output' lang=en dir=ltr><p>Exit A\u200e</p></div>") == "Exit A\n"


def test_words_that_are_only_set_apart_are_read() -> None:
    assert text_of("<ul><li><bdi class='vcard'>Exit A</bdi></li></ul>") == "- Exit A\n"
