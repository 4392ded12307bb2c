"""Shapes that say by themselves whose a value is, whatever the words: groups, dashes, stops as heads."""

from __future__ import annotations

import pytest

from mrt_pipeline.extraction.page_text import read_page_text
from tests.unit.extraction.rules.rule_scene import published, said, table

EXITS = "<h2>Exits</h2>"
GOALS = {"* A>NS1", "* B>NS28"}


def _group(heading: str, heads: str, values: str) -> str:
    cells = "".join(f"<th class='pi-data-label'>{head}</th>" for head in heads.split("|"))
    below = "".join(f"<td class='pi-data-value'>{value}</td>" for value in values.split("|"))
    rows = f"<table class='pi-horizontal-group'><tr>{cells}</tr><tr>{below}</tr></table>"
    title = f"<h2 class='pi-header'>{heading}</h2>" if heading else ""
    return f"<section class='pi-group'>{title}{rows}</section>"


def _box(key: str, value: str) -> str:
    """Return a box of one fact."""
    data = f"<h3 class='pi-data-label'>{key}</h3><div class='pi-data-value'>{value}</div>"
    return f"<aside class='portable-infobox'><div class='pi-item pi-data'>{data}</div></aside>"


def test_a_heading_in_a_box_of_facts_heads_the_group_right_below_it_and_no_other() -> None:
    groups = _group("Exit A", "Stop|Lift", "59049|Yes") + _group("", "Stop|Lift", "59041|Yes")
    assert said(f"<aside>{groups}</aside>") == {"A 59049", "A lift"}


def test_heads_of_a_group_may_be_the_platforms_themselves() -> None:
    platforms = _group("Tracks", "Platform A|Platform B", "Jurong East|Marina South Pier")
    assert published(f"<aside>{platforms}</aside>") == GOALS


def test_a_table_headed_by_exits_without_keys_says_nothing_of_access_or_stops() -> None:
    exits = table("Exit A | Exit B", "Opening 2028 | Open", "Lift | Escalator", "59049 Stn: 39 | –")
    assert published(exits) == set()


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Buses</h2><h3>59049 – Opp Stn</h3><ul><li>Nearest exit: A</li><li>Services: 39</li></ul>",
        "<h2>Buses</h2><ul><li>59049 Opp Stn<ul><li>Exit A</li><li>39, 85</li></ul></li></ul>",
        "<h2>Exit A</h2><table><tr><th colspan=2>59049 Opp Stn</th></tr><tr><th>Service</th>"
        "<th>Destination</th></tr><tr><td>39</td><td>Golden Mall</td></tr></table>",
    ],
)
def test_a_stop_heads_its_exits_and_services(html: str) -> None:
    assert published(html) == {"A 59049"}


@pytest.mark.parametrize("head", ["Code and name", "Stop", "Transfer to bus", "Details"])
def test_a_column_of_codes_lists_stops_whatever_stands_beside_a_code(head: str) -> None:
    rows = ("A | 59049<br>Opp Stn Exit A/B<br>Yishun Ave 2", "B | 59041 – Stn: 39, 85")
    assert published(table(f"Exit | {head}", *rows)) == {"A 59049", "B 59041"}


@pytest.mark.parametrize("head", ["Not served by bus stops", "Removed stop", "Stop of old"])
def test_a_column_of_codes_is_left_alone_if_its_head_may_deny_them(head: str) -> None:
    assert published(table(f"Exit | {head}", "A | 59049", "B | 59041")) == set()


def test_each_pane_is_headed_by_the_tab_of_its_own_box() -> None:
    tabs = "".join(f"<li class='wds-tabs__tab'>Exit {label}</li>" for label in "AB")
    panes = "".join(
        f"<div class='wds-tab__content'><ul><li>{has}</li></ul></div>" for has in ("Lift", "59041")
    )
    one = f"<div class='tabber'><div class='wds-tabs__wrapper'><ul>{tabs}</ul></div>{panes}</div>"
    bar = "<div class='wds-tabs__wrapper'><ul><li class='wds-tabs__tab'>Exit C</li></ul></div>"
    outer = f"<div class='tabber'>{bar}<div class='wds-tab__content'>{one}</div></div>"
    assert read_page_text(outer, "").text.startswith("====== Exit C ======")
    other = "<div class='tabber'><div class='tabbertab' title='Exit C'><p>Escalator.</p></div></div>"
    assert said(one + other) == {"A lift", "B 59041", "C escalator"}


def test_a_list_below_an_exit_has_no_names_that_may_be_remarks_and_no_heads_of_lists() -> None:
    listed = "<ul><li>Red Line</li><li>Peter Tan</li><li>Golden Mall</li><li>Lift</li></ul>"
    assert published(f"{EXITS}<h3>Exit A</h3>{listed}") == {"A Golden Mall", "A lift"}
    nested = "<ul><li>Connections<ul><li>59049: 39</li></ul></li></ul>"
    assert published(f"{EXITS}<h3>Exit A</h3>{nested}") == {"A 59049"}


def test_a_label_alone_heads_the_entries_below_it_where_exits_are_listed() -> None:
    entries = "<li>A<ul><li>Status: open</li><li>Lift: yes</li></ul></li>"
    assert said(f"{EXITS}<ul>{entries}</ul>") == {"A lift"}


@pytest.mark.parametrize(
    "html",
    [
        "<p>Platform A: Jurong East. Platform B: Marina South Pier.</p>",
        table("Line | Platforms | Platforms", "NSL | A – Jurong East | B – Marina South Pier"),
        table("Towards | Jurong East | Marina South Pier", "Platform | A | B"),
        "<h2>Platforms</h2><dl><dt>A</dt><dd>Jurong East</dd><dt>B</dt><dd>Marina South Pier</dd></dl>",
        _box("NSL platforms", "A: Jurong East<br>B: Marina South Pier"),
        _box("Platform A towards", "Jurong East") + _box("Platform B towards", "Marina South Pier"),
        "<table><tr><th>To Jurong East</th><td>Platform A</td></tr>"
        "<tr><th>To Marina South Pier</th><td>Platform B</td></tr></table>",
        "<h2>Platforms</h2><table><tr><th colspan=3>North South Line (L2)</th></tr>"
        "<tr><td>A</td><td>←</td><td>Next: Canberra (NS12)</td></tr>"
        "<tr><td>B</td><td>→</td><td>Marina South Pier (NS28)</td></tr></table>",
        table("Line | Platform | Towards", "NSL | A | northbound, next stop Canberra", "NSL | B | NS28"),
        "<ul><li>Platform A: Jurong East via Canberra</li><li>Platform B: southbound, next: Khatib</li></ul>",
        "<dl><dt>Tracks</dt><dd><ul><li>Platform A: NS1 Jurong East</li>"
        "<li>Platform B: NS28 Marina South Pier</li></ul></dd></dl>",
        _box("NSL Platform A", "towards Jurong East") + _box("NSL Platform B", "towards Marina South Pier"),
        _box("Plat. A", "→ Jurong East") + _box("Plat. B", "→ Marina South Pier"),
        table("Platform | Direction", "North South Line A | Jurong East", "NSL B | Marina South Pier"),
        "<p>Yishun opened in 1988. Platform A: Jurong East (NS1). Platform B: Marina South Pier (NS28).</p>",
        _box("Platforms", "Towards Jurong East: A<br>Towards Marina South Pier: B"),
        _box("Platforms", "Jurong East (A) / Marina South Pier (B)"),
        _box("Platforms", "[A] Jurong East · [B] Marina South Pier"),
        _box("Platforms", "A: Jurong East / B: Marina South Pier"),
        _box("Platforms", "2 (island): A towards Jurong East, B towards Marina South Pier"),
        _box("Platforms", "Plat. A ▶ Jurong East, Plat. B ▶ Marina South Pier"),
        table("Direction | Platform", "Northbound (Jurong East) | A", "Southbound (Marina South Pier) | B"),
        table(
            "Platform | Service", "A | NSL northbound – Jurong East", "B | NSL southbound – Marina South Pier"
        ),
        "<ul><li>Platforms<ul><li>A<ul><li>North South Line → Canberra NS12 (next stop)</li></ul></li>"
        "<li>B<ul><li>North South Line → Khatib NS14 (next stop)</li></ul></li></ul></li></ul>",
    ],
)
def test_platforms_and_where_their_trains_go_in_more_shapes(html: str) -> None:
    assert published(html) == GOALS


@pytest.mark.parametrize(
    "html",
    [
        _box("Former platforms", "A: Jurong East"),
        _box("Platform A towards the depot", "Jurong East"),
        _box("Platform A", "Next to Khatib Camp"),
        table("Platform | Towards", "A | from Canberra, next stop unknown"),
        "<ul><li>Platform A: Jurong East via Canberra until 2030</li></ul>",
        "<ul><li>Platform A: next to Canberra</li></ul>",
        _box("NEL Platform A", "towards Jurong East"),
        _box("Former NSL Platform A", "towards Jurong East"),
        table("Platform | Direction", "North South Line 2 | Jurong East"),
        _box("Platforms", "From Jurong East: A"),
        _box("Platforms", "Last train to Jurong East: A"),
        _box("Platforms", "Jurong East (2) / Marina South Pier (3)"),
        _box("Platforms", "Jurong East (A?)"),
        _box("Platforms", "2 (planned): A towards Jurong East"),
        table("Direction | Platform", "Opposite side (Jurong East) | A", "Through trains (Jurong East) | B"),
        table("Platform | Service", "A | Jurong East – Marina South Pier", "B | NSL from Jurong East"),
        "<p>This is how it was planned in 1980. Platform A: Jurong East (NS1).</p>",
        "<p>At Khatib it is another way. Platform A: Jurong East (NS1).</p>",
        "<ul><li>Blocks<ul><li>A<ul><li>Jurong East</li></ul></li></ul></li></ul>",
        "<ul><li>Former platforms<ul><li>A<ul><li>→ Jurong East</li></ul></li></ul></li></ul>",
    ],
)
def test_a_station_beside_a_platform_may_not_be_where_its_trains_go(html: str) -> None:
    assert published(html) == set()


@pytest.mark.parametrize(
    "html",
    [
        "<p>Platform A handles trains to Jurong East, while trains to Marina South Pier call at "
        "Platform B.</p>",
        "<p>One island platform: trains for Jurong East use Platform A and trains for Marina South Pier use "
        "Platform B.</p>",
        "<p>Take Platform A for Jurong East and Platform B for Marina South Pier.</p>",
        "<p>Jurong East-bound trains use Platform A. Marina South Pier-bound trains use Platform B.</p>",
        "<p>Trains heading to Jurong East leave from Platform A; train services to Marina South Pier use "
        "Platform B.</p>",
    ],
)
def test_sentences_tell_which_trains_use_which_platform(html: str) -> None:
    assert published(html) == GOALS


@pytest.mark.parametrize(
    "html",
    [
        "<p>Trains to Jurong East do not call at Platform A.</p>",
        "<p>Trains to Jurong East once used Platform A.</p>",
        "<p>Trains to Jurong East used Platform A during the works.</p>",
        "<p>In 2019, trains to Jurong East left from Platform A.</p>",
        "<p>Some trains to Jurong East leave from Platform A.</p>",
        "<p>The last train to Jurong East leaves Platform A at midnight.</p>",
        "<p>Passengers change from Platform A to trains for Jurong East.</p>",
        "<p>Platform A is closest to trains to Jurong East.</p>",
        "<p>Change here for trains to Jurong East. Platform A has screen doors.</p>",
        "<p>Trains from Jurong East use Platform A.</p>",
        "<p>Platform A and Platform B share trains to Jurong East.</p>",
        "<p>Jurong East-bound trains use either Platform A or Platform B.</p>",
    ],
)
def test_a_sentence_about_trains_may_leave_open_which_platform_they_use(html: str) -> None:
    assert published(html) == set()


def test_a_cell_about_another_platform_does_not_say_where_trains_of_this_one_go() -> None:
    assert published(table("Platform | ", "A – Jurong East | B – Marina South Pier", "C | Yishun")) == set()


def test_a_table_of_keys_has_no_head_even_where_its_first_row_holds_only_known_words() -> None:
    rows = "<tr><td>Access</td><td>Lift, escalator</td></tr><tr><td>Stops</td><td>59049</td></tr>"
    heading = "<tr><th>Exit A</th></tr>"
    assert published(f"<table>{heading}{rows}</table>") == {"A lift", "A escalator", "A 59049"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<li>Wheelchair accessible exits: A, B; not accessible: C, D</li>",
            {"A wheelchair_accessible", "B wheelchair_accessible"},
        ),
        ("<p>Exit A: Lift | Exit B: Escalator</p>", {"A lift", "B escalator"}),
        ("<li>Step-free access: A, B; under construction: C</li>", set()),
        ("<li>Lifts: A, B; escalators: C, D</li>", set()),
        ("<li>Lift – A; Escalator – B</li>", set()),
        ("<li>Lift: Exit A / Escalator: Exit B</li>", set()),
        ("<p>A – Escalator, B – Wheelchair accessible</p>", {"A escalator"}),
        ("<li>A – Escalator B – Lift</li>", {"A escalator"}),
        ("<dl><dt>A</dt><dd>Escalator; B – Lift</dd></dl>", {"A escalator"}),
        ("<p>A – 59041; B – 59049</p>", {"A 59041"}),
        ("<li>Exit A: Lift / Exit B: Escalator</li>", {"A lift", "B escalator"}),
        ("<p>Exit A: Lift · Exit B: Escalator</p>", {"A lift", "B escalator"}),
    ],
)
def test_what_is_said_of_one_exit_in_a_line_is_not_given_to_another(html: str, expected: set[str]) -> None:
    assert said(f"{EXITS}{html}") == expected


@pytest.mark.parametrize(
    "words",
    [
        "This exit is closed.",
        "Closed until 2027.",
        "Under construction.",
        "It will open in 2028.",
        "Disused.",
    ],
)
@pytest.mark.parametrize(
    "has", ["<ul><li>Lift</li></ul>", "<table><tr><th>Lift</th><td>Yes</td></tr></table>"]
)
def test_a_paragraph_below_the_heading_of_an_exit_that_closes_it_takes_back_all_below(
    words: str, has: str
) -> None:
    assert published(f"{EXITS}<h3>Exit A</h3><p>{words}</p>{has}<h3>Exit B</h3><ul><li>Lift</li></ul>") == {
        "B lift"
    }


def test_lists_of_unlike_length_in_the_cells_of_a_row_are_not_read_across() -> None:
    assert published(table("Exit | Access", "A<br>B | Escalator<br>Lift<br>Toilet")) == set()


@pytest.mark.parametrize("words", ["Mothballed", "Flooded", "Hoarded up", "Under study", "Closing soon"])
def test_an_entry_that_may_close_an_exit_takes_back_what_stands_beside_it(words: str) -> None:
    assert published(f"{EXITS}<h3>Exit A</h3><ul><li>Lift</li><li>{words}</li></ul>") == set()


BOTH_WAYS = {"* A>NS1", "* B>NS28"}


@pytest.mark.parametrize(
    "html",
    [
        "<p>Trains for Jurong East use Platform A and trains for Marina South Pier use Platform B.</p>",
        "<p>Platform A has trains to Jurong East, while trains to Marina South Pier call at Platform B.</p>",
        "<ul><li>Platform A: Jurong East via Woodlands</li><li>Platform B: Marina South Pier</li></ul>",
        "<p>Use Platform A for Jurong East and Platform B for Marina South Pier.</p>",
        "<p>Platform A (to Jurong East) and Platform B (to Marina South Pier) share an island.</p>",
        "<p>Trains on Platform A head to Jurong East. Trains on Platform B head to Marina South Pier.</p>",
        "<ul><li>Platform A (northbound): NS1 Jurong East</li><li>Platform B = Marina South Pier</li></ul>",
        "<dl><dt>Tracks</dt><dd>A: Jurong East</dd><dd>B: Marina South Pier</dd></dl>",
    ],
)
def test_platforms_are_told_by_where_trains_go_and_listed_with_the_way_there(html: str) -> None:
    assert published(html) == BOTH_WAYS


@pytest.mark.parametrize(
    "html",
    [
        "<p>Platform A is not used by trains to Jurong East.</p>",
        "<p>Trains to Jurong East skip Platform A, and trains to Marina South Pier used Platform B.</p>",
        "<p>Trains to Jurong East stop opposite Platform A.</p>",
        "<ul><li>Platform A (unused): Jurong East</li><li>Platform B (from Khatib): Jurong East</li></ul>",
        "<p>Do not use Platform A for Jurong East.</p>",
        "<p>Platform A receives trains from Jurong East.</p>",
        "<p>Trains from Jurong East to Marina South Pier and back pass Platforms A and B.</p>",
        "<p>Platform A once handled trains to Jurong East, which were diverted.</p>",
        "<ul><li>Platform A: via Jurong East</li><li>Platform B: Express via Jurong East</li></ul>",
    ],
)
def test_no_platform_is_where_trains_do_not_go_or_come_from(html: str) -> None:
    assert published(html) == set()


@pytest.mark.parametrize(
    "html",
    [
        f"{EXITS}<p>- Exit A: Golden Mall, lift<br>- Exit B: 59041</p>",
        f"{EXITS}<p>Exit A<br>– Golden Mall<br>– Lift</p><p>Exit B<br>– Bus stop 59041</p>",
        f"{EXITS}<p><b>A</b><br>Golden Mall<br>Lift</p><p><b>B</b><br>Bus stop 59041</p>",
        "<ul><li>Exit A → Golden Mall, lift</li><li>Exit B &gt; Bus stop 59041</li></ul>",
        f"{EXITS}<ul><li>A » Golden Mall, lift</li><li>B ➔ Bus stop 59041</li></ul>",
    ],
)
def test_lines_are_entries_by_their_dashes_arrows_and_labels_alone(html: str) -> None:
    assert published(html) == {"A Golden Mall", "A lift", "B 59041"}


@pytest.mark.parametrize(
    "html",
    [
        "<p>A<br>Golden Mall<br>Lift</p>",
        f"{EXITS}<h3>Exit A</h3><p>B<br>Golden Mall<br>Lift</p>",
        f"{EXITS}<p>Exit A<br>– Golden Mall<br>– closed until 2028</p>",
        "<ul><li>Khatib Exit A → Golden Mall</li><li>Exit A (closed) → Golden Mall</li></ul>",
    ],
)
def test_a_label_alone_or_with_a_sign_heads_nothing_where_it_may_be_another(html: str) -> None:
    assert published(html) == set()


def _gallery(*captions: str) -> str:
    boxes = (
        f"<li class='gallerybox'><div class='thumb'><img alt='Exit B'></div>"
        f"<div class='gallerytext'><p>{caption}</p></div></li>"
        for caption in captions
    )
    return f"<ul class='gallery mw-gallery-traditional'>{''.join(boxes)}</ul>"


def test_a_caption_of_a_gallery_is_read_that_begins_with_an_exit() -> None:
    html = "<h2>Pictures of the exits</h2>" + _gallery(
        "Exit A: Golden Mall. Lift.", "Exit B – bus stop 59041"
    )
    assert published(html) == {"A Golden Mall", "A lift", "B 59041"}
    item = "<div class='wikia-gallery-item'><div class='lightbox-caption'>Exit A: Lift</div></div>"
    assert published(f"<div class='wikia-gallery'>{item}</div>") == {"A lift"}


@pytest.mark.parametrize(
    "caption",
    [
        *("Exit A", "Exit A lift", "The lift at Exit A", "Golden Mall", "Exit A, with Golden Mall behind it"),
        *(
            "Exit A: Dragon Mural",
            "Exit A: Peter Tan",
            "Exit A: lift, photographed in 2015",
            "Exit A: the old lift",
        ),
        "Exit A: view of the lift",
    ],
)
def test_what_else_a_picture_shows_is_not_said_of_an_exit(caption: str) -> None:
    assert published(f"<h2>Pictures of the exits</h2>{_gallery(caption, 'Exit B: Escalator')}") == {
        "B escalator"
    }
    assert published(f"<h2>Gallery</h2>{_gallery('Exit A: Lift')}") == set()


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li><b>Exit A</b><br>Golden Mall<br>Escalator</li><li><b>Exit B</b><br>Silver Plaza</li></ul>",
        f"{EXITS}<ul><li>A (Golden Mall)</li><li>B (Silver Plaza)</li></ul>"
        "<p>Exit A is fitted with escalators.</p>",
        "<ul><li>Exit A to Golden Mall</li><li>Exit A: escalator</li><li>Exit B for Silver Plaza</li></ul>",
        f"{EXITS}<h3>Exit A – Golden Mall</h3><p>Escalator</p><h3>Exit B (Silver Plaza)</h3><p>Here</p>",
    ],
    ids=["lines of an item", "brackets", "to and for", "a heading"],
)
def test_what_stands_behind_or_below_an_exit_alone_is_at_it(html: str) -> None:
    assert published(html) == {"A Golden Mall", "A escalator", "B Silver Plaza"}


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>Exit A → closed</li></ul><p>Exit A: lift</p>",
        "<ul><li><b>Exit A</b> (closed)<br>Golden Mall<br>Escalator</li></ul>",
        "<ul><li><b>Exit A</b><br>Exit C<br>Escalator</li></ul>",
        *(
            f"<ul><li>Exit A<br>{lead}<br>Golden Mall<br>Escalator</li></ul>"
            for lead in ("Former:", "Wish list", "Not yet:", "Avoid", "Opposite", "Across the road")
        ),
        f"{EXITS}<ul><li>A (closed)</li><li>B (Khatib)</li><li>A (formerly Golden Mall)</li></ul>",
        "<p>Exit A to Golden Mall will open.</p><ul><li>Exit B for Staff Only</li></ul>",
        f"{EXITS}<h3>Exit A (Golden Mall, planned)</h3><p>Escalator</p>",
        f"{EXITS}<h3>Exit A – opposite Golden Mall</h3><p>Underground</p>",
        f"{EXITS}<h3>Exit A – Dragon Mural</h3><p>Underground</p>",
    ],
)
def test_what_may_take_back_an_exit_or_be_no_place_is_not_at_it(html: str) -> None:
    assert published(html) == set()


FACTS = {"A Golden Mall", "A Zorba", "A 59049", "A lift", "B Silver Hall", "B 59041", "B escalator"}


@pytest.mark.parametrize(
    "html",
    [
        _box("Exits", "A: Golden Mall, Zorba<br>B: Silver Hall")
        + _box("Bus stops", "A: 59049<br>B: 59041")
        + _box("Access", "A – Lift<br>B – Escalator"),
        _box("Exits", "Exit A (Golden Mall, Zorba)<br>Exit B (Silver Hall)")
        + _box("Bus stops", "59049 (A)<br>59041 (B)")
        + _box("Access", "Lift (A), escalator (B)"),
        "".join(
            _box(f"Exit {label} {key}", value)
            for label, key, value in (
                *(("A", "landmarks", "Golden Mall, Zorba"), ("A", "bus stop", "59049")),
                *(("A", "access", "Lift"), ("B", "landmarks", "Silver Hall")),
                *(("B", "bus stop", "59041"), ("B", "access", "Escalator")),
            )
        ),
        table(
            "Exit | Details",
            "A | <dl><dt>Landmarks</dt><dd>Golden Mall</dd><dd>Zorba</dd><dt>Bus stop</dt><dd>59049</dd>"
            "<dt>Access</dt><dd>Lift</dd></dl>",
            "B | <dl><dt>Landmarks:</dt><dd>Silver Hall</dd><dt>Bus stop:</dt><dd>59041</dd>"
            "<dt>Access:</dt><dd>Escalator</dd></dl>",
        ),
        "<aside class='portable-infobox'><section class='pi-panel'><ul class='pi-section-navigation'>"
        "<li class='pi-section-tab'>Exit A</li><li class='pi-section-tab'>Exit B</li></ul>"
        + "".join(
            f"<div class='pi-section-content'><div class='pi-data'><h3 class='pi-data-label'>For</h3>"
            f"<div class='pi-data-value'>{places}</div></div><div class='pi-data'>"
            f"<h3 class='pi-data-label'>Bus stop</h3><div class='pi-data-value'>{stop}</div></div>"
            f"<div class='pi-data'><h3 class='pi-data-label'>Access</h3>"
            f"<div class='pi-data-value'>{access}</div></div></div>"
            for places, stop, access in (
                ("Golden Mall, Zorba", "59049", "Lift"),
                ("Silver Hall", "59041", "Escalator"),
            )
        )
        + "</section></aside>",
    ],
    ids=["lines with labels", "labels in brackets", "keys with exits", "terms in a cell", "tabs in a box"],
)
def test_boxes_and_cells_say_of_each_exit_its_own(html: str) -> None:
    assert published(html) == FACTS


@pytest.mark.parametrize(
    "html",
    [
        _box("Exits", "A: closed<br>B (planned): Silver Hall") + _box("Towers", "A: Golden Mall<br>B: Zorba"),
        _box("Landmarks", "1 – Golden Mall<br>2 – Zorba Hall"),
        _box("Landmarks", "A: Golden Mall<br>Silver Hall"),
        _box("Access", "Lift (2), escalator (1)") + _box("Bus stop", "59049 (A)"),
        "<p>A = open by day</p>" + _box("Bus stops", "59049 (A)<br>59041 (A)"),
        "<table><tr><th>Exits</th><td>Exit A (Tan Road)<br>Exit B (Lim Road)</td></tr>"
        "<tr><th>Bus stop</th><td>59049</td></tr></table>",
        _box("Former exit B landmarks", "Silver Hall") + _box("Exit B landmarks not built", "Zorba Hall"),
        table("Exit | Details", "A | <dl><dt>Former landmarks</dt><dd>Golden Mall</dd><dd>Zorba</dd></dl>"),
        table("Exit | Details", "A | <dl><dt><s>Landmarks</s></dt><dd>Zorba</dd></dl>"),
    ],
    ids=[
        "not in use",
        "numbers",
        "a line of none",
        "counts",
        "a legend",
        "no head",
        "keys that take back",
        "a term",
        "a struck term",
    ],
)
def test_boxes_and_cells_may_take_back_or_leave_open_what_is_of_an_exit(html: str) -> None:
    assert published(html) == set()


@pytest.mark.parametrize(
    "lead", ["Former:", "Wish list", "Not yet:", "Avoid", "Opposite", "Future exits", "Exits to be built:"]
)
def test_a_line_that_turns_what_is_behind_its_breaks_in_a_paragraph_leaves_it_unread(lead: str) -> None:
    assert published(f"<p>Exit A<br>{lead}<br>Lift<br>Golden Mall</p>") == set()
    assert published(f"<p>{lead}<br>Exit A: lift<br>Exit B: escalator</p>") == set()
    assert published(f"<p>Exit A<br>Lift<br>{lead}<br>Escalator</p><p>Exit B<br>Lift</p>") >= {"A lift"}


def test_a_word_in_a_paragraph_of_its_own_leaves_the_next_paragraph_alone() -> None:
    assert published("<p>Map</p><p>Exit A<br>Lift</p>") == {"A lift"}


def test_a_line_about_exits_of_other_times_takes_back_the_paragraphs_below_it() -> None:
    exits = "<p>Exit A<br>Lift</p><p>Exit B: escalator</p>"
    assert published(f"<p><b>Future exits</b></p>{exits}") == set()
    assert published(f"<p><b>Future exits</b></p><h2>Exits</h2>{exits}") == {"A lift", "B escalator"}


def test_a_turning_line_at_one_exit_leaves_the_next_exit_of_a_paragraph_alone() -> None:
    html = "<p>Exit A<br>Golden Mall<br>Wish list<br>Lift<br>Exit B<br>Escalator</p>"
    assert published(html) == {"A Golden Mall", "B escalator"}
    html = "<p>Exit A<br>Golden Mall<br>Exits to be built:<br>Exit B<br>Escalator</p>"
    assert published(html) == {"A Golden Mall"}


def test_names_of_the_station_and_where_trains_go_turn_no_lines_behind_them() -> None:
    page = "<p>Yishun<br>North–South Line</p>" + table("Exit | Lift", "A | Yes")
    trains = "<h2>Platforms</h2><p>A = Jurong East<br>B = Marina South Pier</p>"
    assert published(page + trains) == {"A lift", "* A>NS1", "* B>NS28"}
    assert published("<h2>Platforms</h2><p>Former:<br>A = Jurong East<br>B = Marina South Pier</p>") == set()


def _tree(lead: str, *branches: str) -> str:
    return f"<ul><li>{lead}<ul>{''.join(f'<li>{branch}</li>' for branch in branches)}</ul></li></ul>"


def test_bare_letters_below_an_item_about_exits_are_exits_and_below_platforms_they_are_not() -> None:
    of_a = (
        "A<ul><li>Landmarks<ul><li>Golden Mall</li></ul></li><li>Facilities<ul><li>Lift</li></ul></li></ul>"
    )
    of_b = "B<ul><li>Buses<ul><li>59049 Opp Yishun Stn</li></ul></li></ul>"
    found = {"A Golden Mall", "A lift", "B 59049"}
    assert published(_tree("Exits", of_a, of_b)) == found
    assert published(_tree("Former exits", of_a, of_b)) == set()
    assert published(_tree("Wish list", of_a, of_b)) == set()
    assert published(_tree("Platforms", of_a, of_b)) == set()
    trains = _tree("Platforms", "A<ul><li>North–South Line → Jurong East NS1 (next stop)</li></ul>")
    assert published(trains + _tree("Exits", of_a, of_b)) == {"* A>NS1", *found}
    assert published(trains.replace("Platforms", "Former platforms")) == set()


@pytest.mark.parametrize("heading", ["Get out", "Getting out", "How to get out", "Leaving the station"])
def test_letters_below_a_heading_on_getting_out_are_exits(heading: str) -> None:
    terms = "<dl><dt>A</dt><dd><b>See:</b> Golden Mall · Silver Hall<br><b>Access:</b> lift</dd></dl>"
    assert published(f"<h2>{heading}</h2>{terms}") == {"A Golden Mall", "A Silver Hall", "A lift"}
    assert published(f"<h2>{heading} in future</h2>{terms}") == set()


def test_a_gallery_that_is_a_place_is_no_gallery_of_pictures() -> None:
    gallery = "<h3>Exit A</h3><ul><li>{}</li><li>Lift</li></ul>"
    assert published(gallery.format("Land Transport Gallery")) == {"A Land Transport Gallery", "A lift"}
    for heading in ("Gallery", "Image gallery", "Exit A gallery", "Photo Gallery", "Exit Gallery"):
        assert published(f"<h2>{heading}</h2><ul><li>Exit A: lift</li></ul>") == set()


def test_a_heading_of_a_line_and_a_platform_heads_where_its_trains_go() -> None:
    html = (
        "<h3>{0}NSL Platform A</h3><p>towards Jurong East</p><h3>NSL Platform B</h3><p>Marina South Pier</p>"
    )
    assert published(html.format("")) == {"* A>NS1", "* B>NS28"}
    assert published(html.format("Former ")) == {"* B>NS28"}


@pytest.mark.parametrize("mark", [" – ", ": ", " - "])
def test_a_heading_of_a_letter_and_a_place_below_one_on_exits_heads_an_exit(mark: str) -> None:
    html = (
        "<h2>{}</h2><h3>A{m}Golden Mall</h3><ul><li>Lift</li></ul><h3>B{m}Silver Hall</h3><p>Stairs only.</p>"
    )
    found = {"A Golden Mall", "A lift", "B Silver Hall", "B stairs_only", "B no"}
    assert published(html.format("Exits", m=mark)) == found
    assert published(html.format("Shops", m=mark)) == set()
    assert published(html.format("Former exits", m=mark)) == set()
    closed = "<h2>Exits</h2><h3>A{m}closed</h3><ul><li>Lift</li></ul><h3>B{m}planned</h3><p>Lift</p>"
    assert published(closed.format(m=mark)) == set()
    assert published("<h2>Exits</h2><h3>A Golden Mall</h3><ul><li>Lift</li></ul>") == set()


FOLDED = (
    "<table class='mw-collapsible'><tr><th colspan=3><span class='mw-collapsible-toggle'>[Expand]</span> {}"
    "</th></tr><tr><td>🚌</td><td>59049</td><td>Opp Stn</td></tr><tr><td>🏫</td><td colspan=2>Zorba School"
    "</td></tr><tr><td>Access</td><td colspan=2>Lift</td></tr></table>"
)


def test_a_table_that_folds_up_is_headed_by_its_exit_and_keyed_by_signs() -> None:
    assert published(FOLDED.format("Exit A")) == {"A 59049", "A Zorba School", "A lift"}
    assert published(FOLDED.format("Exit A (planned)")) == set()
    assert published(FOLDED.format("Old stops").replace("🏫", "🚧")) == set()


@pytest.mark.parametrize("label", ["出口 {0} Exit {0}", "Exit {0} / 出口{0}", "Pintu Keluar {0} / Exit {0}"])
def test_an_exit_named_in_two_languages_is_one(label: str) -> None:
    heads = f"{label.format('A')} | {label.format('B')}"
    assert published(table(f" | {heads}", "Nearby | Golden Mall | Silver Hall")) == {
        "A Golden Mall",
        "B Silver Hall",
    }
    rows = table("Exit | Nearby", f"{label.format('B')} | Golden Mall")
    assert published(rows) == {"B Golden Mall"}


@pytest.mark.parametrize("label", ["Exit B / Exit B (closed)", "出口 B Exit B 关闭"])
def test_an_exit_named_twice_may_be_two_or_not_in_use(label: str) -> None:
    assert published(table("Exit | Nearby", f"{label} | Golden Mall")) == set()


def _sign(words: str) -> str:
    link = f'<a href="/wiki/File:Sign.svg" title="{words}"><img alt="{words}" src="sign.png"></a>'
    return f'<span typeof="mw:File">{link}</span>'


def test_a_picture_of_an_exit_s_sign_at_the_head_of_a_row_is_its_label() -> None:
    html = table(
        "Exit | Places | Remarks",
        f"{_sign('Exit A')} | Golden Mall | Lift",
        f"{_sign('Exit B')} | Silver Plaza | ",
    )
    assert published(html) == {"A Golden Mall", "A lift", "B Silver Plaza"}


@pytest.mark.parametrize(
    "row",
    [
        f"{_sign('Exit A (closed)')} | Golden Mall",
        f"{_sign('Exit A in 2010')} | Golden Mall",
        f"{_sign('Exit A')} closed | Golden Mall",
        f"{_sign('Khatib Exit A')} | Golden Mall",
        f"{_sign('Exit A')}{_sign('Exit B')}? | Golden Mall",
    ],
)
def test_a_picture_that_shows_more_than_a_sign_is_no_label(row: str) -> None:
    assert published(table("Exit | Places", row)) == set()


def test_a_picture_of_an_exit_in_another_cell_is_not_a_label() -> None:
    assert published(table("Exit | Places | Photo", f"A | Golden Mall | {_sign('Exit B')}")) == {
        "A Golden Mall"
    }


def test_a_caption_that_only_announces_a_list_takes_nothing_back() -> None:
    for caption, expected in (("Directory", {"A Golden Mall"}), ("Directory of 1988", set())):
        assert published(table("Exit | Places", "A | Golden Mall", caption=caption)) == expected
