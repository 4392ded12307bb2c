"""Exits below words that only say where in the station they are, and labels that only their list shows."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said, table

EXITS = "<h2>Exits</h2>"
OF_A = "<li>Exit A<ul><li>to: Golden Mall</li><li>lift</li></ul></li>"
BELOW = f"<ul>{OF_A}<li>Exit B<ul><li>bus 59041</li></ul></li></ul>"


@pytest.mark.parametrize(
    "head",
    [
        "NSL concourse",
        "North South Line ticket hall",
        "NS13 concourse (Yishun Avenue 2 / Neil Road)",
        "Concourse (Yishun Avenue 2)",
        "North side",
        "NSL",
        "Yishun (NS13)",
        "B1 concourse",
        "Upper concourse",
        "Level 2 (NSL)",
        "NSL side (Yishun Avenue 2)",
    ],
)
def test_words_that_only_say_where_in_the_station_head_its_exits(head: str) -> None:
    expected = {"A Golden Mall", "A lift", "B 59041"}
    assert published(f"{EXITS}<ul><li>{head}{BELOW}</li></ul>") == expected
    assert published(f"{EXITS}<h3>{head}</h3>{BELOW}") == expected
    assert published(f"{EXITS}<p><b>{head}</b></p>{BELOW}") == expected
    lines = "<dd>Exit A: Golden Mall; lift</dd><dd>Exit B: bus 59041</dd>"
    assert published(f"{EXITS}<dl><dt>{head}</dt>{lines}</dl>") == expected


def test_a_code_of_another_station_alone_heads_what_is_there() -> None:
    for code, expected in (("NS13", {"A lift"}), ("NS14", set()), ("NS14 / NS13", {"A lift"})):
        assert published(f"{EXITS}<h3>{code}</h3><p>Exit A: lift</p>") == expected


@pytest.mark.parametrize(
    "head",
    [
        "CRL concourse",
        "TE5 concourse",
        "Circle Line side",
        "Khatib concourse",
        "Future concourse",
        "NSL concourse (planned)",
        "NSL concourse (Opening Soon)",
        "NSL wish list",
        "Old concourse level",
        "Level 2 (proposed)",
        "Khatib side",
        "Hall of dreams",
    ],
)
def test_words_that_may_say_more_head_no_exits(head: str) -> None:
    assert published(f"{EXITS}<ul><li>{head}{BELOW}</li></ul>") == set()


def test_a_box_may_begin_with_the_station_s_codes_and_count_its_exits() -> None:
    rows = "<tr><th>Exits</th><td>2</td></tr><tr><th>Exit A</th><td>Golden Mall<br>Silver Hall</td></tr>"
    box = f"<table class='infobox'><tr><td colspan=2>{{}}</td></tr>{rows}</table>"
    places = {"A Golden Mall", "A Silver Hall"}
    assert said(box.format("NS13")) == places
    assert said(box.format("CC20")) == set()
    assert said(f"<table>{rows}</table>") == places


def _list(*items: str) -> str:
    lines = "".join(f"<li>{head}<ul><li>{things}</li></ul></li>" for head, things in _pairs(items))
    return f"<ul>{lines}</ul>"


def _pairs(items: tuple[str, ...]) -> list[list[str]]:
    return [item.split("|") for item in items]


@pytest.mark.parametrize("way", ["Pagoda Street", "Yishun Avenue 2", "Silver Plaza"])
def test_capitals_that_differ_are_labels_before_names_in_a_list_of_exits(way: str) -> None:
    items = _list(f"A {way}|Golden Mall", "B New Bridge Road|59041")
    found = {"A Golden Mall", "B 59041"}
    assert published(f"{EXITS}{items}") == found | ({"A Silver Plaza"} if way == "Silver Plaza" else set())


@pytest.mark.parametrize(
    "item",
    [
        "<b>{}</b> {}: {}",
        "{} ({}): {}",
        "{} – {}: {}",
        "Exit {} ({}) – {}",
        "Exit {} – {}<ul><li>{}</li></ul>",
        "Exit {} ({})<ul><li>{}</li></ul>",
        "{} – {}<ul><li>{}</li></ul>",
    ],
)
def test_a_road_behind_a_label_only_says_where_its_exit_is(item: str) -> None:
    roads = ("A", "Pagoda Street", "Golden Mall"), ("B", "New Bridge Road", "Silver Plaza")
    items = "".join(f"<li>{item.format(*one)}</li>" for one in roads)
    assert published(f"{EXITS}<ul>{items}</ul>") == {"A Golden Mall", "B Silver Plaza"}
    other = item.format("B", "Future Link", "Silver Plaza")
    assert published(f"{EXITS}<ul><li>{other}</li></ul>") == set()


def test_a_link_behind_a_label_may_be_new() -> None:
    assert published(f"{EXITS}<li>Exit A (New Link): Golden Mall</li>") == set()
    assert published(f"{EXITS}<li>Exit A (New Bridge Link): Golden Mall</li>") == {"A Golden Mall"}


@pytest.mark.parametrize(
    "heading", ["{1} (Exit {0})", "{1} – Exit {0}", "{0} ({1})", "{0}: {1}", "Exit {0}, {1}"]
)
def test_a_heading_names_its_exit_before_or_behind_a_road(heading: str) -> None:
    below = "<ul><li>Golden Mall</li><li>lift</li></ul>"
    for road in ("New Bridge Road", "Yishun Avenue 2"):
        assert published(f"{EXITS}<h3>{heading.format('A', road)}</h3>{below}") == {"A Golden Mall", "A lift"}
    other = heading.format("A", "Future Link")
    assert published(f"{EXITS}<h3>{other}</h3>{below}") == set()


@pytest.mark.parametrize(
    "html",
    [
        EXITS + _list("A Pagoda Street|Golden Mall"),
        EXITS + _list("A Pagoda Street|Golden Mall", "A New Bridge Road|59041"),
        EXITS + _list("A Pagoda Street|Golden Mall", "Others|59041"),
        EXITS + _list("A Pagoda Street (closed)|Golden Mall", "B closed|59041"),
        EXITS + _list("A C|Golden Mall", "B C|59041"),
        EXITS + _list("A planned link|Golden Mall", "B way out|59041"),
        EXITS + "<ul><li>A Block</li><li>B Block</li></ul>",
        "<h2>Nearby</h2>" + _list("A Pagoda Street|Golden Mall", "B New Bridge Road|59041"),
        "<h2>Platforms</h2>" + _list("A Pagoda Street|Golden Mall", "B New Bridge Road|59041"),
        "<h2>Former exits</h2>" + _list("A Pagoda Street|Golden Mall", "B New Bridge Road|59041"),
    ],
)
def test_a_capital_before_a_name_may_be_no_label(html: str) -> None:
    assert published(html) == set()


def test_a_column_of_exits_may_hold_names_and_features_behind_its_labels() -> None:
    rows = (
        "A lift | Golden Mall | 59049",
        "B lift escalator | Silver Plaza | 59041",
        "C & D | Zorba Hall | ",
    )
    assert published(table("Exit | Places | Stop", *rows)) == {
        *("A lift", "A Golden Mall", "A 59049", "B lift", "B escalator", "B Silver Plaza", "B 59041"),
        *("C Zorba Hall", "D Zorba Hall"),
    }
    assert published(table("Exit | Places", "A lift | Golden Mall", "A bridge | Silver Plaza")) == set()
    assert published(table("Exit | Places", "A lift | Golden Mall", "B no more | Silver Plaza")) == set()


ROWS = (
    "A|Golden Mall|59049 Opp Yishun Stn",
    "B, C|Silver Plaza|59041 Bef Yishun Int<br>59049 Opp Yishun Stn",
)
OF_ROWS = {
    *("A Golden Mall", "A 59049", "B Silver Plaza", "B 59041", "B 59049"),
    *("C Silver Plaza", "C 59041", "C 59049"),
}


def _bare(*rows: str) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row.split('|'))}</tr>" for row in rows)
    return f"<table>{body}</table>"


@pytest.mark.parametrize("heading", ["Yishun (NS13)", "Yishun MRT station", "NS13", "Exits"])
def test_a_table_without_heads_below_the_station_s_name_lists_exits_with_their_stops(heading: str) -> None:
    assert published(f"<h3>{heading}</h3>{_bare(*ROWS)}") == OF_ROWS
    turned = [row.split("|") for row in ROWS]
    assert published(f"<h3>{heading}</h3>{_bare(*(f'{a}|{c}|{b}' for a, b, c in turned))}") == OF_ROWS


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 0, 1)])
def test_the_exit_of_a_fact_may_stand_behind_it_or_between_its_kind_and_value(order: tuple[int, ...]) -> None:
    facts = (("Landmark", "Golden Mall", "{}"), ("Bus stop", "59049", "{}"), ("Lift", "Yes", "{}"))
    rows = _bare(*("|".join(fact[number] for number in order) for fact in facts))
    lettered = rows.format("A", "A", "B")
    assert published(EXITS + lettered) == {"A Golden Mall", "A 59049", "B lift"}
    for heading in ("Platforms", "Future exits", "Khatib"):
        assert published(f"<h2>{heading}</h2>{lettered}") == set()


@pytest.mark.parametrize(
    "heading", ["Berths", "Yishun berths", "Khatib (NS14)", "Yishun (planned)", "Bays of Yishun"]
)
def test_letters_below_other_headings_may_be_those_of_berths(heading: str) -> None:
    assert published(f"<h3>{heading}</h3>{_bare(*ROWS)}") == set()


def test_numbers_may_count_the_rows_and_letters_without_stops_may_be_anything() -> None:
    heading = "<h3>Yishun (NS13)</h3>"
    assert published(heading + _bare(*(f"{n}|{row[2:]}" for n, row in enumerate(ROWS, 1)))) == set()
    assert published(heading + _bare("A|Golden Mall", "B|Silver Plaza")) == set()


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Access</h2><p>A: lift. B: escalator and lift. C &amp; D: escalator.</p>",
        "<h2>Access</h2><p>A: lift; B: escalator, lift; C &amp; D: escalator</p>",
        EXITS + "<p>Facilities: A – lift; B – escalator, lift; C &amp; D – escalator</p>",
        "<h2>Access</h2><li>Facilities: A (lift); B (escalator, lift); C &amp; D (escalator)</li>",
    ],
)
def test_letters_within_a_line_begin_what_the_next_exit_has(html: str) -> None:
    assert said(html) == {"A lift", "B escalator", "B lift", "C escalator", "D escalator"}


@pytest.mark.parametrize(
    "words", ["Golden Towers; A: Zorba; B: Silver Plaza", "Golden Hall; B: Silver Plaza"]
)
def test_letters_within_the_cell_of_an_exit_may_be_those_of_towers(words: str) -> None:
    rows = table("Exit | Places", f"A | {words}", "B | Zorba Hall")
    assert "B Silver Plaza" not in published(rows)
    assert "B Silver Plaza" not in published(f"{EXITS}<p>Exit A: {words}</p>")


@pytest.mark.parametrize(
    "line",
    [
        "Facilities: A – lift; not in service; B – escalator",
        "Former facilities: A – lift; B – escalator",
        "Platforms: A – lift; B – escalator",
        "Towers: A – lift; B – escalator",
        "Facilities: A – lift (planned); B – closed",
    ],
)
def test_letters_behind_a_key_may_have_nothing_or_be_no_exits(line: str) -> None:
    assert published(f"{EXITS}<p>{line}</p>") == set()


@pytest.mark.parametrize("heading", ["<h2>Platforms</h2>", "<h2>Map</h2>", ""])
def test_letters_behind_a_key_may_be_those_of_platforms_or_a_map(heading: str) -> None:
    assert published(f"{heading}<p>Facilities: A – lift; B – escalator</p>") == set()
    assert published(f"{EXITS}<p>Lifts: A – lift to the street; B – lift to the mall</p>") == set()


def test_letters_alone_are_those_of_platforms_where_these_are_the_topic() -> None:
    for html in ("<li>Lifts: A, B</li>", "<table><tr><th>Lifts</th><td>A, B</td></tr></table>"):
        assert published(f"{EXITS}{html}") == {"A lift", "B lift"}
        assert published(f"<h2>Platforms</h2>{html}") == set()
        exits = html.replace("A, B", "Exits A, B")
        assert published(f"<h2>Platforms</h2>{exits}") == {"A lift", "B lift"}


@pytest.mark.parametrize(
    "words",
    ["Lobby A – lift, Lobby B – escalator", "lift; Lobby B – escalator", "lift; Platform B: escalator"],
)
def test_letters_behind_other_words_begin_no_exit(words: str) -> None:
    assert not any(found.startswith("B") for found in published(table("Exit | Access", f"A | {words}")))
    assert not any(found.startswith("B") for found in published(f"<h2>Exits</h2><p>Exit A: {words}</p>"))


def test_an_answer_may_stand_behind_each_exit_in_a_row_of_step_free_access() -> None:
    row = "<table><tr><th>{}</th><td>Exit A: Yes (lift)<br>Exit B: No</td></tr></table>"
    assert published(row.format("Step-free")) == {"A lift", "A yes", "B no"}
    assert published(row.format("Step-free until 2020")) == set()


MARKS = ("🔹", "▪", "→", "👉", "📍", "🅰️", "Ⓐ", "🄰")


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_of_a_list_may_stand_before_an_exit(mark: str) -> None:
    assert published(f"<p>{mark} Exit A: Golden Mall</p>") == {"A Golden Mall"}
    assert published(f"<h3>{mark} Exit A</h3><p>Lift</p>") == {"A lift"}
    assert published(table("Exit | Places", f"{mark} Exit A | Golden Mall")) == {"A Golden Mall"}


@pytest.mark.parametrize("mark", ["🚧", "❌", "🚫", "🅱️", "Ⓑ", "🔴?"])
def test_a_sign_before_an_exit_may_say_more(mark: str) -> None:
    assert published(f"<p>{mark} Exit A: Golden Mall</p>") == set()
    assert published(f"<h3>{mark} Exit A</h3><p>Lift</p>") == set()


@pytest.mark.parametrize(
    "rest", ["Exit A: lift, escalator<br>Exit B: lift", "A – lift, escalator<br>B – lift"]
)
def test_a_row_of_a_key_may_stand_among_rows_of_exits(rest: str) -> None:
    rows = "<tr><th>Exit A</th><td>Golden Mall</td></tr><tr><th>Exit B</th><td>Golden Park</td></tr>"
    box = f"<table>{rows}<tr><th>{{}}</th><td>{rest}</td></tr></table>"
    places = {"A Golden Mall", "B Golden Park"}
    assert published(box.format("Access")) == places | {"A lift", "A escalator", "B lift"}
    assert published(box.format("Former access")) == places


@pytest.mark.parametrize(
    ("struck", "expected"),
    [
        ("<s>59041</s> | <s>Opp Stn</s> | <s>Exit B</s> | Removed 2017", {"A 59049"}),
        ("<s>59041</s> | <s>Opp Stn</s> | <s>Exit B</s> | See below", set()),
        ("<s>59041</s> | <s>Opp Stn</s> | <s>Exit B</s> | <s>10</s>", {"A 59049"}),
        ("59041 | Opp Stn | <s>Exit B</s> | Removed 2017", set()),
    ],
)
def test_a_stop_that_is_struck_out_and_gone_takes_back_no_other(struck: str, expected: set[str]) -> None:
    html = table("Stop code | Name | Nearest exit | Services", "59049 | Bef Stn | Exit A | 2", struck)
    assert published(html) == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Gallery of exits", {"A lift"}),
        ("Gallery of old exits", set()),
        ("Gallery of exits before 2019", set()),
        ("Gallery of Khatib", set()),
    ],
)
def test_a_gallery_of_exits_shows_the_present_ones(heading: str, expected: set[str]) -> None:
    assert published(f"<h2>{heading}</h2><p>Exit A: Lift</p>") == expected


@pytest.mark.parametrize(
    ("road", "is_read"),
    [
        ("Yishun Avenue 2", True),
        ("Yishun Avenue 2, other side", True),
        ("Yishun Avenue 2, odd numbers", True),
        ("north side of Yishun Avenue 2", True),
        ("Yishun Avenue 2, closed side", False),
        ("Yishun Avenue 2, lift planned", False),
    ],
)
def test_the_side_of_a_road_may_follow_an_exit_above_what_is_there(road: str, is_read: bool) -> None:
    lines = "Golden Mall<br>59049 — Opp Yishun Stn<br>Lift"
    items = "<ul><li>Golden Mall</li><li>59049 (Opp Yishun Stn)</li><li>Lift</li></ul>"
    there = {"A Golden Mall", "A 59049", "A lift"} if is_read else set()
    assert published(f"{EXITS}<p><b>Exit A</b> ({road})<br>{lines}</p>") >= there
    assert ("A lift" in published(f"{EXITS}<p><b>Exit A</b> ({road})<br>{lines}</p>")) is is_read
    assert published(f"{EXITS}<ul><li><b>A</b> – {road}{items}</li><li>B – Chencharu Link</li></ul>") >= there


@pytest.mark.parametrize(
    ("first", "second", "is_read"),
    [
        ("access A", "access B", True),
        ("Gate A", "Gate B", True),
        ("Way out A – Yishun Avenue 2", "Way out B – Chencharu Link", True),
        ("access A « Yishun Avenue 2 »:", "access B « Hotel »:", True),
        ("Exit A “Hotel”", "Exit B “Yishun Central”", True),
        ("Exit A “Future”", "Exit B", False),
        ("Exit A “Cancelled Yishun”", "Exit B", False),
        ("Lift A", "Lift B", False),
        ("Platform A", "Platform B", False),
        ("fare gate A", "fare gate B", False),
        ("access A « planned »", "access B", False),
        ("Exit A « Hotel » (closed)", "Exit B", False),
        ("Exit A « Khatib »", "Exit B", False),
        ("Exit A « at Exit B »", "Exit B", False),
    ],
)
def test_an_exit_may_be_called_otherwise_and_have_a_name(first: str, second: str, is_read: bool) -> None:
    items = (
        f"<li>{first}<ul><li>Golden Mall</li><li>lift</li></ul></li><li>{second}<ul><li>bus 59041</li></ul>"
    )
    page = f"<h2>Accesses</h2><p>The station has two accesses:</p><ul>{items}</ul>"
    read = {one for one in published(page) if one.startswith("A")}
    assert read == ({"A Golden Mall", "A lift"} if is_read else set())
    gates = published(f"<h2>Ticket gates</h2><ul>{items}</ul>")
    assert first.startswith("Exit") or not gates
