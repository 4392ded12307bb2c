"""One station in many forms: whatever the words between, the form says which exit and what of it."""

from __future__ import annotations

import pytest

from mrt_pipeline.extraction.rules.headers import load_vocabulary
from tests.unit.extraction.rules.rule_scene import ground_page, published, read, table
from tests.unit.extraction.scene import HARBOURFRONT

FACTS = {"A 59049", "A lift", "A Northpoint City", "B 59041", "B escalator"}
EXITS = "<h2>Exits</h2>"


def _box(*rows: tuple[str, str]) -> str:
    label, value = "<h3 class='pi-data-label'>", "<div class='pi-data-value'>"
    items = "".join(f"<div class='pi-data'>{label}{key}</h3>{value}{said}</div></div>" for key, said in rows)
    return f"<aside class='portable-infobox'>{items}</aside>"


def _keyed(caption: str, *rows: tuple[str, str], tag: str = "th") -> str:
    lines = "".join(f"<tr><{tag}>{key}</{tag}><td>{value}</td></tr>" for key, value in rows)
    return f"<table><tr><th colspan='2'>{caption}</th></tr>{lines}</table>"


def _list(*items: str) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


A_ROWS = (("Bus stop", "59049"), ("Lift", "Yes"), ("Leads to", "Northpoint City"))
B_ROWS = (("Nearest bus stop", "59041"), ("Escalators", "2"))
TRIPLES = (
    f"{label} | {key} | {value}" for label, rows in (("A", A_ROWS), ("B", B_ROWS)) for key, value in rows
)
FORMS = {
    "box of facts": _box(
        ("Exit A", "Bus stop 59049<br>Lift<br>Northpoint City"), ("Exit B", "59041; escalator")
    ),
    "table of one exit": _keyed("Exit A", *A_ROWS) + _keyed("Exit B", *B_ROWS, tag="td"),
    "one fact a row": table("Exit | Attribute | Value", *TRIPLES),
    "exits side by side": table(
        "Feature | A | B",
        *("Bus stop | 59049 | 59041", "Lift | Yes | –", "Escalator | – | Yes", "Places | Northpoint City |"),
    ),
    "column of labels": table(
        "No. | Stop no. | Equipment | Leads to",
        *("A | 59049 | Lift | Northpoint City", "B | 59041 | Escalator |"),
    ),
    "bold lines": f"{EXITS}<p><b>Exit A</b></p>{_list('59049', 'Lift', 'Northpoint City')}"
    "<p><b>Exit B</b><br>Bus stop: 59041<br>Access: escalator</p>",
    "headings": f"{EXITS}<h3>A</h3><p>Bus stop: 59049</p><p>Lift: yes</p><p>Landmarks:</p>"
    f"{_list('Northpoint City')}<h3>B</h3><p>59041</p><p>Escalator</p>",
    "terms": f"{EXITS}<dl><dt>A</dt><dd>Bus stop 59049</dd><dd>Lift</dd><dd>Northpoint City</dd>"
    "<dt>B</dt><dd>Escalator; 59041</dd></dl>",
    "lists by kind": f"{_list('Lift: Exit A', 'Exits with escalators: B')}<h2>Landmarks</h2>"
    f"{_list('Northpoint City (Exit A)')}<h2>Bus stops</h2><h3>Exit A</h3>{_list('59049')}"
    f"<h3>Exit B</h3>{_list('59041 – Opp Stn')}",
    "exits grouped by building": "<table><tr><td></td><td colspan='2'>North South Line</td></tr>"
    "<tr><td></td><td>A</td><td>B</td></tr><tr><td>Bus stop</td><td>59049</td><td>59041</td></tr>"
    "<tr><td>Access</td><td>Lift</td><td>Escalator</td></tr>"
    "<tr><td>Places</td><td>Northpoint City</td><td></td></tr></table>",
    "keys with their exits": _box(
        ("Facilities", "Exit A: lift; Exit B: escalator; Exit C: lift (under construction)"),
        ("Bus stops", "Exit A: 59049 (services 2, 10); Exit B: 59041"),
        ("Nearby", "Exit A: Northpoint City"),
    ),
    "kinds of places": table(
        "Exit | Type | Name", "A | Mall | Northpoint City", "B | Road | Yishun Ring Road"
    )
    + table("Exit | Bus stop & services | Access", "A | 59049: 2, 10 | Lift", "B | 59041: 2A | Escalator"),
    "answers": f"<h2>Lifts</h2>{_list('Exit A')}<h2>Escalators</h2>{_list('Exit B')}"
    + table("Landmark | A | B", "Northpoint City | ✓ |", "Silver Hall | | ✗")
    + table("Code | Exit", "59049 | A", "59041 | B"),
}


@pytest.mark.parametrize("form", FORMS)
def test_one_station_in_many_forms_says_the_same(form: str) -> None:
    assert published(FORMS[form]) == FACTS


@pytest.mark.parametrize(
    "html",
    [
        _box(("Platforms", "A: Jurong East<br>B: Marina South Pier")),
        _keyed("Platform A", ("Line", "North South Line"), ("Towards", "Jurong East"))
        + _keyed("Platform B", ("Towards", "NS28")),
        table("Subject | Kind | Value", "Platform A | Towards | Jurong East", "Platform B | Towards | NS28"),
        table("Line | Platform A | Platform B", "North South Line | Jurong East | Marina South Pier"),
        table("Line | Platforms", "North South Line | A (towards Jurong East), B (to Marina South Pier)"),
        _keyed(
            "Platforms", ("A", "to NS1 Jurong East (Khatib)"), ("B", "to NS28 Marina South Pier"), tag="td"
        ),
        "<h3>Platforms</h3><ul><li>A: towards Jurong East</li><li>B – Marina South Pier</li></ul>",
        "<h3>Platform A</h3><p>Towards: Jurong East</p><h3>Platform B</h3><p>Towards Marina South Pier</p>",
        "<dl><dt>Platform A</dt><dd>To Jurong East</dd><dt>Platform B</dt><dd>To Marina South Pier</dd></dl>",
        "<p>Platforms: A for trains towards Jurong East, B for trains towards Marina South Pier.</p>",
    ],
)
def test_platforms_in_many_forms_say_the_same(html: str) -> None:
    assert published(html) == {"* A>NS1", "* B>NS28"}


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Attribute | Value", "A | Lift | Yes", "A | Status | Closed", "B | Shelter | Lift"),
        f"{EXITS}<h3>Exit A</h3><ul><li>Lift: yes</li><li>Status: closed for works</li></ul>",
        f"{EXITS}<h3>Exit A</h3><ul><li>Closed since May</li><li>Lift</li></ul>",
        f"{EXITS}<h3>Exit A</h3><ul><li>Lift</li><li>Status: mothballed</li></ul>",
        _keyed("Exit A", ("Whatever", "Lift"), ("Facility", "Taxi stand")),
        table("Exit | Mystery", "A | Northpoint City", "B | Lift"),
        table("Exit | Old stop", "A | 59049"),
        "<p>Step-free: –</p><h3>Exit A</h3><p>Step-free: –</p>",
        "<ul><li>Exit A</li><li>Bus stop 59049</li></ul>",
        "<ul><li>Lift: Exit A (closed)</li><li>No lift: Exit B</li></ul>",
        f"{EXITS}<p>Exit A</p><p>Lift</p><p>The station opened.</p><p>Escalator</p>".replace(
            "<p>Lift</p>", ""
        ),
        "<p>Platforms: A is for trains towards Jurong East and Marina South Pier, B is not used.</p>",
    ],
)
def test_what_no_form_and_no_known_word_makes_certain_is_not_published(html: str) -> None:
    assert published(html) == set()


def test_a_word_that_heads_columns_is_never_a_landmark() -> None:
    html = table("Exit | Nearby", "A | Facility", "B | Accessibility") + _keyed(
        "Exit C", ("Nearby", "Amenities")
    )
    assert published(html) == set()


def test_heads_and_keys_that_nobody_knows_are_counted_by_what_depends_on_them() -> None:
    html = table("Exit | Mystery", "A | Northpoint City", "B | Silver Hall", "C |")
    html += "<h3>Exit D</h3><ul><li>Riddle: Golden Mall</li></ul>"
    assert read(html).unknown_heads == (("Mystery", 2), ("Riddle", 1))


def test_the_vocabulary_gives_each_phrase_one_meaning() -> None:
    vocabulary = load_vocabulary()
    assert len(vocabulary.meanings) > 300
    assert all(vocabulary.meaning_of(" ".join(words)) for words in vocabulary.meanings)


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Circle Line</h2>" + table("Exit | Lift", "A | Yes"),
        "<h2>Exits of CC29</h2><ul><li>Exit A: lift</li></ul>",
        table("Line | Exit | Lift", "Circle Line | A | Yes"),
    ],
)
def test_of_two_exits_of_one_label_the_line_says_which_is_meant(html: str) -> None:
    exits = ground_page(html, HARBOURFRONT)
    assert [item.exit_id for item in exits] == ["harbourfront-ccl-A"]
    assert not ground_page(html.replace("Circle Line", "Lines").replace("CC29", "all"), HARBOURFRONT)
