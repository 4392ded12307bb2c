"""A page that the wiki could not show whole is told from one that it could, in whatever way the wiki says so.

The boxes, comments, categories and warnings are what MediaWiki 1.39 with Scribunto and ParserFunctions makes.
"""

from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.errors import SourceError
from mrt_pipeline.sources.fandom_wiki.broken_pages import (
    PageFault,
    find_page_fault,
    is_blank,
    is_short,
    shows_source,
)
from mrt_pipeline.sources.fandom_wiki.pages import BrokenPageError, WrongPageError, fetch_page
from mrt_pipeline.sources.fandom_wiki.titles import PageHead
from tests.unit.sources.fandom_scene import FakeWiki, in_turn

HEAD = PageHead("Yishun MRT Station", 5, 70)
GOOD = '<div class="mw-parser-output"><h2>Exits</h2><table><tr><td>A</td><td>Yes</td></tr></table></div>'
BLANK = '<div class="mw-parser-output"></div>'
SCRIPT = '<strong class="error"><span class="scribunto-error" id="mw-scribunto-error-0">{}</span></strong>'


def parsed(text: Any = GOOD, **changes: Any) -> dict[str, Any]:
    """Return a parse answer."""
    return {"parse": {"title": HEAD.title, "pageid": 5, "revid": 70, "text": text} | changes}


def within(box: str) -> str:
    """Return a page with something on it besides what it should have."""
    return GOOD.replace("</div>", f"<p>{box}\n</p></div>")


@pytest.mark.parametrize(
    "box",
    [
        SCRIPT.format("The time allocated for running scripts has expired."),
        SCRIPT.format("Die für die Ausführung von Skripten bereitgestellte Zeit ist abgelaufen."),
        SCRIPT.format("Lua error in Module:Exits at line 5: attempt to index a nil value."),
        '<span class="scribunto-error mw-x" id="x">Script error: No such module "Exits".</span>',
        '<span class="error">Template loop detected: <a href="/wiki/Template:A">Template:A</a></span>',
        '<span class="error">Expansion depth limit exceeded</span>',
        '<span class="error">Node-count limit exceeded</span>',
        '<span class="error">Template recursion depth limit exceeded (40)</span>',
        '<span class="error">Unstrip depth limit exceeded (20)</span>',
        "<div id='x' class='notice error'>Etwas ist schiefgegangen.</div>",
        "<b class=error>Etwas ist schiefgegangen.</b>",
        '<STRONG CLASS="error">Etwas ist schiefgegangen.</STRONG>',
        '<font class="Error big">Etwas ist schiefgegangen.</font>',
        '<ul><li class="x error">Etwas ist schiefgegangen.</li></ul>',
        "<table><tr><td class=error>Etwas</td></tr></table>",
        '<p\nclass = "a\tscribunto-error\nb" >Etwas ist schiefgegangen.</p>',
        '<div class="errorbox">Etwas ist schiefgegangen.</div>',
    ],
)
def test_a_box_that_says_that_something_failed_is_a_fault_in_any_language(box: str) -> None:
    found = find_page_fault(within(box))
    assert found is not None and found[0] is PageFault.ERROR
    assert found[1] and "<" not in found[1]


@pytest.mark.parametrize(
    "left_out", ["template omitted, post-expand include size", "argument omitted, expansion size"]
)
def test_a_template_or_argument_that_was_left_out_is_a_fault(left_out: str) -> None:
    found = find_page_fault(within(f"<!-- WARNING: {left_out} too large -->"))
    assert found == (PageFault.LEFT_OUT, f"WARNING: {left_out} too large")


@pytest.mark.parametrize(
    "answer",
    [
        {"categories": [{"sortkey": "", "category": "Pages_with_script_errors", "hidden": True}]},
        {"categories": [{"category": "Pages with template loops"}]},
        {"categories": [{"category": "Pages_where_expansion_depth_is_exceeded"}]},
        {"categories": [{"category": "Pages_where_the_unstrip_size_limit_is_exceeded"}]},
        {"categories": [{"category": "Pages_where_template_include_size_is_exceeded"}]},
        {"categories": [{"category": "Pages_containing_omitted_template_arguments"}]},
        {"parsewarnings": ["Page exceeded the node count"]},
        {
            "parsewarnings": [
                "x",
                "<strong>Warning:</strong> Template include size is too large.\nSome are not.",
            ]
        },
        {"parsewarningshtml": ["This page calls <a>Template:A</a> which causes a template loop (infinite)."]},
        {"limitreportdata": [{"name": "limitreport-ppvisitednodes", "0": 1_000_001, "1": 1_000_000}]},
        {"limitreportdata": [{"name": "scribunto-limitreport-timeusage", "0": "10.013", "1": "10.000"}]},
        {"limitreportdata": [{"name": "limitreport-postexpandincludesize", "0": 2097152, "1": 2097152}]},
    ],
)
def test_a_limit_that_the_answer_reports_is_a_fault(answer: dict[str, Any]) -> None:
    found = find_page_fault(GOOD, answer)
    assert found is not None and found[0] is PageFault.LIMIT


@pytest.mark.parametrize(
    "html",
    [
        GOOD[:-6],
        GOOD[:60],
        GOOD[:-20],
        "<h2>Exits</h2><p>A <b",
        "<h2>Exits</h2><ul><li>Exit A: lift</li><li>Exit B",
        "<h2>Exi",
        "<p>x</p><!-- NewPP limit",
        within("<table><tr><td>B"),
    ],
)
def test_html_that_ends_within_an_element_is_a_fault(html: str) -> None:
    found = find_page_fault(html)
    assert found is not None and found[0] is PageFault.CUT


@pytest.mark.parametrize(
    ("html", "answer"),
    [
        (GOOD, {}),
        ("<h2>Exits</h2><p>No wrapper.</p>", {}),
        (within('<span class="error mw-ext-cite-error" lang="en">Cite error: no text.</span>'), {}),
        (within('<strong class="error">Expression error: Missing operand for +.</strong>'), {}),
        (within('<span class="error">Warning: Default sort key "A" overrides "B".</span>'), {}),
        (within('<span class="cs1-visible-error">{{cite web}}: Missing title</span>'), {}),
        (within("The train stops in error; class=&quot;error&quot; is a word."), {}),
        (within('<a title="error" class="new">Error</a><p class="terror">x</p>'), {}),
        (GOOD, {"categories": [{"category": "Pages_using_duplicate_arguments_in_template_calls"}]}),
        (GOOD, {"parsewarnings": ["<strong>Warning:</strong> A is calling B with more than one value."]}),
        (GOOD, {"limitreportdata": [{"name": "limitreport-ppvisitednodes", "0": 100, "1": 100}]}),
        (GOOD, {"limitreportdata": [{"name": "limitreport-expansiondepth", "0": 100, "1": 100}]}),
        (GOOD, {"limitreportdata": [{"name": "limitreport-timingprofile", "0": "100.00%  21 1 -total"}]}),
        (GOOD, {"categories": "none", "parsewarnings": None, "limitreportdata": [1]}),
    ],
)
def test_a_page_that_is_whole_has_no_fault(html: str, answer: dict[str, Any]) -> None:
    assert find_page_fault(html, answer) is None


@pytest.mark.parametrize(
    ("html", "blank"),
    [
        ("", True),
        (" \n", True),
        (BLANK, True),
        ('<div class="mw-parser-output"><p><br />\n</p></div>', True),
        ("<div><!-- NewPP limit report <p>x</p> --></div>", True),
        ("<p>&#160;</p>", True),
        ("<p>x</p>", False),
        ('<p><img src="x"></p>', True),
        ('<div class="mw-parser-output"><p>&#8203;</p></div>', True),
        ('<div class="mw-parser-output"><style data-mw-deduplicate="x">.a{}</style></div>', True),
        ('<div class="mw-parser-output"><span id="top"></span></div>', True),
        ('<div class="mw-parser-output"><h2>Exits</h2><h3>Exit A</h3></div>', True),
        ("<aside>Opened 1988</aside><ul><li>—</li></ul>", True),
        ("<h2>Exits</h2><ul><li>A</li></ul>", False),
    ],
)
def test_a_page_that_shows_nothing_is_blank(html: str, blank: bool) -> None:
    assert is_blank(html) is blank


@pytest.mark.parametrize("text", ["", " \n", None])
def test_an_answer_without_its_text_is_a_failure_of_that_page(text: str | None) -> None:
    with pytest.raises(
        BrokenPageError, match="revision 70 of 'Yishun MRT Station' came without its text"
    ) as raised:
        fetch_page(in_turn(parsed(text)).api(), HEAD)
    assert (raised.value.fault, raised.value.head) == (PageFault.EMPTY, HEAD)


def sized(size: int | None) -> PageHead:
    return PageHead(HEAD.title, HEAD.page_id, HEAD.revision, size)


@pytest.mark.parametrize(("size", "html"), [(0, BLANK), (0, ""), (None, BLANK)])
def test_a_page_that_someone_has_emptied_is_blank_and_no_failure(size: int | None, html: str) -> None:
    wiki = in_turn(parsed(html))
    page = fetch_page(wiki.api(), sized(size))
    assert page is not None and page.is_blank
    assert len(wiki.asked) == 1


@pytest.mark.parametrize(
    ("source", "blank"),
    [
        ("[[Category:Stations]]\n<!-- moved -->__NOTOC__", True),
        ("{{Exits}}", False),
        ("'''Yishun''' is a station.", False),
    ],
)
def test_the_source_of_a_page_decides_whether_it_shows_nothing_rightly(source: str, blank: bool) -> None:
    wiki = in_turn(parsed(BLANK), parsed(wikitext=source))
    if blank:
        page = fetch_page(wiki.api(), sized(len(source)))
        assert page is not None and page.is_blank
    else:
        with pytest.raises(BrokenPageError):
            fetch_page(wiki.api(), sized(len(source)))
    assert [asked["oldid"] for asked in wiki.asked] == ["70", "70"]


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Braddell MRT Station"},
        {"pageid": 6},
        {"revid": 71},
        {"revid": "70"},
        {"revid": 0},
        {"title": None},
        {"title": "Yishun MRT Station (old)", "pageid": 9, "revid": 3},
    ],
)
def test_an_answer_about_another_page_or_revision_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(WrongPageError, match="asked for revision 70 of 'Yishun MRT Station'"):
        fetch_page(in_turn(parsed(**other)).api(), HEAD)


def test_an_answer_of_another_page_is_refused_though_it_is_blank() -> None:
    with pytest.raises(WrongPageError):
        fetch_page(in_turn(parsed(BLANK), parsed(wikitext="", revid=71)).api(), sized(9))


def test_a_fault_is_reported_with_the_words_that_show_it() -> None:
    html = within(SCRIPT.format("The time allocated for running scripts has expired."))
    with pytest.raises(SourceError) as raised:
        fetch_page(in_turn(parsed(html)).api(), HEAD)
    assert str(raised.value) == (
        "fandom-wiki: revision 70 of 'Yishun MRT Station' came with an error of the wiki: "
        "The time allocated for running scripts has expired."
    )
    assert not raised.value.retryable


def test_the_wiki_is_asked_for_everything_that_reports_a_fault() -> None:
    wiki: FakeWiki = in_turn(parsed())
    fetch_page(wiki.api(), HEAD)
    asked = set(wiki.asked[0]["prop"].split("|"))
    assert asked == {"text", "revid", "categories", "parsewarnings", "limitreportdata"}


@pytest.mark.parametrize(
    "sentence",
    [
        "<p>The time allocated for running scripts has expired.</p>",
        "<div><b>The  time allocated for running&#32;scripts\nhas expired.</b></div>",
        "<p>Script error: The module returned a nil value.</p>",
        "<div class='x'>Sorry! This site is experiencing technical difficulties.</div><p>Try waiting.</p>",
        "<h1>Service Unavailable</h1><p>Guru Meditation</p>",
        "<p>503 Backend fetch failed</p>",
        "<p>[abc123] 2026-11-01 00:00:00: Fatal exception of type X</p>",
        "<p>(Cannot access the database)</p>",
        "<p>The revision #70 of the page named &quot;Yishun&quot; does not exist.</p>",
    ],
)
@pytest.mark.parametrize("around", ["{}", "<h2>Exits</h2>{}", "{}<h2>Exits</h2><p>Exit A: lift</p>"])
def test_a_page_that_begins_with_one_of_the_wikis_own_sentences_is_a_fault_in_any_element(
    sentence: str, around: str
) -> None:
    if "<h1>" in sentence and around.startswith("<h2>"):
        around = "{}"
    found = find_page_fault(wrapped(around.format(sentence)))
    assert found is not None and found[0] is PageFault.ERROR


def test_a_sentence_of_the_wikis_own_below_a_box_of_facts_is_a_fault() -> None:
    html = "<aside>Opened 1988</aside><p>The time allocated for running scripts has expired.</p>"
    assert find_page_fault(html) == (PageFault.ERROR, "The time allocated for running scripts has expired.")


@pytest.mark.parametrize(
    ("told", "is_fault"),
    [
        ("Post\u2010expand include size: 2097152/2097152 bytes", True),
        ("Post-expand include size: 2097151/2097152 bytes", False),
        ("Template argument size: 2097152/2097152 bytes", True),
        ("Preprocessor visited node count: 1000001/1000000", True),
        ("Preprocessor visited node count: 1000000/1000000", False),
        ("Lua time usage: 10.000/10.000 seconds", True),
        ("Highest expansion depth: 100/100", False),
        ("Expensive parser function count: 0/0", False),
    ],
)
def test_the_limit_report_within_a_page_reports_a_fault(told: str, is_fault: bool) -> None:
    found = find_page_fault(within(f"<!-- \nNewPP limit report\nCached time: 20261101000000\n{told}\n-->"))
    assert (found is not None and found[0] is PageFault.LIMIT) is is_fault


SOURCE = (
    "Yishun is a station.\n== Exits ==\n* Exit A: lift to [[Northpoint City|the mall]] and the bus stop\n"
    "* Exit B: escalator to the market\n[[Category:Stations]]\n"
)


def wrapped(html: str) -> str:
    """Return a page as MediaWiki wraps it."""
    return f'<div class="mw-parser-output">{html}</div>'


SHOWN = wrapped(
    "<p>Yishun is a station.</p><h2>Exits</h2><ul><li>Exit A: lift to <a>the mall</a> and the bus stop</li>"
    "<li>Exit B: escalator to the market</li></ul>"
)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (wrapped(""), PageFault.EMPTY),
        (wrapped("<p>&#8203;</p>"), PageFault.EMPTY),
        (wrapped('<style data-mw-deduplicate="x">.a{}</style>'), PageFault.EMPTY),
        (wrapped('<span id="top"></span>'), PageFault.EMPTY),
        (wrapped("<h2>Exits</h2>"), PageFault.EMPTY),
        (wrapped('<div class="noprint">Loading</div>'), PageFault.EMPTY),
        (wrapped("<script>var a = 'Exit A lift to the mall and the bus stop';</script>"), PageFault.EMPTY),
        (wrapped("<p>Please stand by.</p>"), PageFault.SHORT),
        (wrapped("<p>Yishun</p><h2>Exits</h2>"), PageFault.SHORT),
    ],
)
def test_a_page_that_shows_far_less_than_its_source_says_is_a_failure(html: str, fault: PageFault) -> None:
    with pytest.raises(BrokenPageError) as raised:
        fetch_page(in_turn(parsed(html), parsed(wikitext=SOURCE)).api(), sized(len(SOURCE)))
    assert raised.value.fault is fault


@pytest.mark.parametrize("furniture", ["<p>&#8203;</p>", "<style>.a{}</style>", '<span id="top"></span>'])
def test_a_page_without_content_is_compared_with_its_source_even_if_its_size_is_unknown(
    furniture: str,
) -> None:
    with pytest.raises(BrokenPageError):
        fetch_page(in_turn(parsed(wrapped(furniture)), parsed(wikitext=SOURCE)).api(), HEAD)
    page = fetch_page(in_turn(parsed(wrapped(furniture)), parsed(wikitext="<!-- x -->")).api(), HEAD)
    assert page is not None and page.is_blank


def test_a_page_that_shows_its_source_is_requested_once() -> None:
    wiki = in_turn(parsed(SHOWN))
    page = fetch_page(wiki.api(), sized(len(SOURCE)))
    assert page is not None and not page.is_blank and len(wiki.asked) == 1


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (SHOWN, f"<!-- {'kept for later ' * 200}-->{SOURCE}"),
        (SHOWN, f"{{{{Infobox|image=x.png|text={'colour ' * 200}}}}}{SOURCE}"),
        (SHOWN, f"{SOURCE}<ref>{'Straits Times ' * 200}</ref>"),
        (SHOWN, f"{SOURCE}[[File:x.png|thumb|{'caption ' * 200}]]"),
        (wrapped("<aside>Opened 1988</aside>"), "{{Infobox|opened=1988}}" + "\n" * 900),
        (wrapped('<div class="ambox">This article is a stub.</div>'), "{{Stub}}"),
        (wrapped("<h2>Exits</h2>"), "== Exits =="),
        (wrapped('<p><img src="x"></p>'), "[[File:x.png|thumb|A long description of the image]]"),
    ],
)
def test_a_page_whose_source_has_much_that_is_not_shown_is_no_failure(html: str, source: str) -> None:
    assert fetch_page(in_turn(parsed(html), parsed(wikitext=source)).api(), sized(len(source))) is not None


def test_half_of_a_sources_own_words_are_enough_and_fewer_are_not() -> None:
    assert shows_source("<p>one two</p>", "one two three four {{x|five}}")
    assert not shows_source("<p>one five</p>", "one two three four {{x|five}}")
    assert is_short("<p>abc</p>", 10) and not is_short("<p>abc</p>", 9)


@pytest.mark.parametrize(
    ("other", "told"),
    [({"revid": "70"}, "revision '70' (text, not a"), ({"pageid": "5"}, "(page '5' (text, not a number))")],
)
def test_a_number_that_came_as_text_is_reported_as_text(other: dict[str, Any], told: str) -> None:
    with pytest.raises(WrongPageError) as raised:
        fetch_page(in_turn(parsed(**other)).api(), HEAD)
    assert told in str(raised.value)
