"""Words beside or above a value that give it to something else, or to another time."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, table

EXITS = "<h2>Exits</h2>"
EXIT_A = f"{EXITS}<h3>Exit A</h3>"
ROWS = ("Exit | Lift | Landmarks", "A | Yes | Golden Mall", "B | No | Silver Mall")
BELOW_LEAD = ("<ul><li>Exit A: step-free</li></ul>", table("Exit | Step-free", "A | Yes"))
ALL = {"A lift", "A Golden Mall", "B Silver Mall"}


@pytest.mark.parametrize(
    "words", ["Wish list", "Elsewhere", "Proposed", "Complaints", "Wish list for the exits"]
)
def test_a_table_of_several_exits_below_words_that_turn_it_round_is_not_read(words: str) -> None:
    assert published(table(*ROWS, caption=words)) == set()
    assert published(f"<h2>{words}</h2>{table(*ROWS)}") == set()


@pytest.mark.parametrize("caption", ["Exit summary", "Yishun at a glance", "Overview", "North South Line"])
def test_a_caption_about_the_station_leaves_its_table_as_it_is(caption: str) -> None:
    assert published(table(*ROWS, caption=caption)) == ALL


def test_a_caption_that_nobody_understands_may_turn_its_table_round() -> None:
    assert published(table(*ROWS, caption="Zymurgy")) == set()


@pytest.mark.parametrize("line", ["without", "no", "2028", "from 2029", "Opens 2028", "except"])
def test_a_line_of_a_cell_that_only_denies_or_dates_leaves_open_what_it_is_about(line: str) -> None:
    card = f"<table><tr><td>Exit A<br>{line}<br>Lift</td><td>Exit B<br>Golden Mall</td></tr></table>"
    assert published(card) <= {"B Golden Mall"}
    assert published(table("Exit | Access", f"A | {line}<br>Lift", "B | Escalator")) == {"B escalator"}


@pytest.mark.parametrize(
    "words",
    [
        *("59049 – use Exit B", "59049 (use Exit B)", "59049: take Exit B", "59049 – from Exit B"),
        *("59049, nearest to Exit B", "Golden Mall – use Exit B", "Golden Mall (via Exit B)"),
    ],
)
def test_what_sends_one_to_another_exit_is_not_read_of_its_own(words: str) -> None:
    assert published(f"{EXIT_A}<ul><li>{words}</li><li>Lift</li></ul>") == {"A lift"}
    assert published(table("Exit | Nearby | Lift", f"A | {words} | Yes", "B | | No")) == {"A lift"}


@pytest.mark.parametrize("words", ["via Exit B", "through Exit B", "which is reached via Exit B"])
def test_a_place_that_is_reached_by_another_exit_is_not_at_the_subject(words: str) -> None:
    assert published(f"<p>Exit A leads to Golden Mall, {words}.</p>") == set()


@pytest.mark.parametrize(
    "html", ["<p>Exit A leads to Khatib.</p>", f"{EXITS}<ul><li>Exit A: Khatib</li></ul>"]
)
def test_a_station_is_no_landmark_of_another(html: str) -> None:
    assert published(html) == set()


@pytest.mark.parametrize("head", ["Car park", "Mall", "Hotel", "Food court", "Shops"])
@pytest.mark.parametrize(
    "form",
    [
        "<h4>{head}</h4><ul><li>Lift</li><li>59049</li></ul>",
        "<ul><li>{head}<ul><li>Lift</li><li>59049</li></ul></li></ul>",
        "<table><tr><th colspan=2>{head}</th></tr><tr><td>Lift</td><td>Yes</td></tr></table>",
    ],
    ids=["a heading", "an entry", "a row across a table"],
)
def test_a_thing_at_an_exit_has_its_own_lifts_and_stops(form: str, head: str) -> None:
    assert published(EXIT_A + form.format(head=head)) == set()


def test_malls_and_hotels_in_the_plural_head_a_list_of_them() -> None:
    assert published(f"{EXIT_A}<h4>Malls</h4><ul><li>Golden Mall</li></ul>") == {"A Golden Mall"}


def test_the_locations_of_stops_are_no_landmarks() -> None:
    rows = ("A | 59049 | Khoo Teck Puat Hosp", "B | 59041 | Golden Mall")
    assert published(table("Exit | Stop code | Location", *rows)) == {"A 59049", "B 59041"}
    places = ("A | 59049 | Golden Mall", "B | 59041 | Silver Mall")
    found = {"A 59049", "B 59041", "A Golden Mall", "B Silver Mall"}
    assert published(table("Exit | Bus stop | Location", *places)) == found


@pytest.mark.parametrize("head", ["Passengers", "Postal code", "Daily passengers", "Postcode"])
@pytest.mark.parametrize(
    "form",
    [
        table("Exit | {head}", "A | 59049", "B | 59041"),
        table("Exit | A | B", "{head} | 59049 | 59041"),
        f"{EXIT_A}<ul><li>{{head}}<ul><li>59049</li></ul></li></ul>",
        f"{EXIT_A}<table><tr><td>{{head}}</td><td>59049</td></tr></table>",
    ],
    ids=["a column", "a row below exits", "an entry", "a row of an exit's own table"],
)
def test_five_digits_that_count_or_address_something_are_no_stop(form: str, head: str) -> None:
    assert published(form.format(head=head)) == set()


@pytest.mark.parametrize("year", ["as of 2026", "(as of November 2026)", "(as at 2026)"])
def test_what_is_so_as_of_this_year_is_so_now(year: str) -> None:
    assert published(f"<h2>Exits {year}</h2><ul><li>Exit A: lift</li></ul>") == {"A lift"}
    assert published(table(*ROWS, caption=f"Exits {year}")) == ALL


@pytest.mark.parametrize("year", ["as of 2025", "(as of May 1999)", "as of 2028"])
def test_what_is_so_as_of_another_year_may_not_be_so_now(year: str) -> None:
    assert published(f"<h2>Exits {year}</h2><ul><li>Exit A: lift</li></ul>") == set()
    assert published(table(*ROWS, caption=f"Exits {year}")) == set()


@pytest.mark.parametrize("head", ["Old exit", "Alternative exit"])
def test_a_column_of_other_exits_than_the_station_s_own_says_nothing(head: str) -> None:
    assert published(table(f"{head} | Lift", "A | Yes", "B | Yes")) == set()
    assert published(table(f"Exit | {head} | Lift", "A | 59049 | Yes", "B | 59041 | No")) == {"A lift"}


def test_an_exit_that_a_stop_is_named_after_does_not_own_what_stands_beside_it() -> None:
    assert published("<table><tr><td>59049 (Exit B)</td><td>Lift</td></tr></table>") == set()


def test_an_entry_about_one_exit_heads_no_column_of_it() -> None:
    rows = "<tr><td>Exit B</td><td>Exit A: lift</td></tr><tr><td>All exits</td><td>Golden Mall</td></tr>"
    assert published(f"<table>{rows}</table>") == {"A lift"}


@pytest.mark.parametrize("below", BELOW_LEAD, ids=["list", "table"])
@pytest.mark.parametrize(
    "lead",
    [
        *("Khatib", "Khatib:", "Exits of Khatib station:", "Khatib station exits", "Station: Khatib"),
        *("Exits of the next station:", "Exits at the neighbouring station:", "At the other station:"),
        "The exits of Khatib are as follows.",
    ],
)
def test_what_a_line_heads_for_another_station_is_not_read(lead: str, below: str) -> None:
    assert published(f"<p>{lead}</p>{below}") == set()


@pytest.mark.parametrize("below", BELOW_LEAD, ids=["list", "table"])
@pytest.mark.parametrize(
    "lead",
    [
        *("Yishun:", "Exits of Yishun station:", "The station is between Khatib and Canberra."),
        *("Yishun, next to Khatib, has these exits:", "Bus stop: 59049 Khatib Stn"),
    ],
)
def test_a_line_that_only_mentions_another_station_heads_nothing_of_it(lead: str, below: str) -> None:
    assert "A yes" in published(f"<p>{lead}</p>{below}")


NESTED = "<ul><li>Exit A<ul><li>{}</li><li>Step-free access</li></ul></li></ul>"
DEFINED = "<dl><dt>Exit A</dt><dd>{}</dd><dd>Step-free access</dd></dl>"
BEFORE = "<ul><li>{}</li><li>Exit A<ul><li>Step-free access</li></ul></li></ul>"


@pytest.mark.parametrize("html", [NESTED, DEFINED, BEFORE], ids=["nested", "defined", "before"])
@pytest.mark.parametrize(
    "head",
    [
        *("Planned:", "Removed in 2020:", "Under construction:", "Proposed:", "Until 2019:", "Demolished:"),
        *("Not to be confused with:", "We hope for:", "Soon"),
    ],
)
def test_items_behind_one_that_turns_them_round_are_not_read(html: str, head: str) -> None:
    assert published(html.format(head)) == set()


@pytest.mark.parametrize("html", [NESTED, DEFINED], ids=["nested", "defined"])
@pytest.mark.parametrize(
    "item", ["Facilities:", "Access:", "Golden Mall (demolished)", "Escalator (planned)"]
)
def test_items_behind_any_other_are_read(html: str, item: str) -> None:
    assert published(html.format(item)) == {"A yes"}


def test_a_known_head_ends_what_the_one_before_it_turned_round() -> None:
    items = "<li>Planned:</li><li>Lift</li><li>Facilities:</li><li>Step-free access</li>"
    assert published(f"<ul><li>Exit A<ul>{items}</ul></li></ul>") == {"A yes"}


ACROSS = (
    "<table><tr><th>Exit</th><th>Step-free</th></tr><tr><th colspan=2>{}</th></tr>"
    "<tr><td>A</td><td>Yes</td></tr></table>"
)


@pytest.mark.parametrize(
    "html", [*(f"<h3>{{}}</h3>{below}" for below in BELOW_LEAD), ACROSS], ids=["list", "table", "row across"]
)
@pytest.mark.parametrize(
    ("head", "is_read"),
    [
        *((head, False) for head in ("Phase 2 (2028)", "Opening 2028", "Exits from 2031")),
        *((head, False) for head in ("Option 2", "Option B", "Alternatives", "In the original design")),
        *((head, True) for head in ("Exits (as of 2026)", "Exits 2026", "Exits", "Original exits 1988")),
    ],
)
def test_a_heading_of_a_later_year_or_of_an_alternative_retracts_what_is_below(
    html: str, head: str, is_read: bool
) -> None:
    assert published(html.format(head)) == ({"A yes"} if is_read else set())


@pytest.mark.parametrize(
    ("lead", "is_read"),
    [
        *((lead, False) for lead in ("Platforms of Khatib station:", "Platforms at Khatib:")),
        *((lead, True) for lead in ("Platforms of Yishun station:", "Platforms for trains to Khatib:")),
    ],
)
def test_platforms_of_another_station_are_not_read(lead: str, is_read: bool) -> None:
    rows = table("Platform | Towards", "B | Jurong East")
    assert bool(published(f"<p>{lead}</p>{rows}")) == is_read


EXITS_LISTED = "<ul><li>Exit A: lift, Golden Mall</li></ul>"


@pytest.mark.parametrize(
    "words",
    [
        "The station has five exits. The list below is from 2012. Exits A and B lead to the street.",
        "Note: The list below is from 2012.",
        "The following is from 2012.",
        "The following dates from March 2012.",
        "The table below was compiled in 2012.",
        "The exits listed below are taken from a 2012 map.",
        "The list below is out of date.",
        "The table below shows the original layout.",
        "The information below predates the works at the station.",
        "Below is how the exits looked in 2012.",
    ],
)
def test_a_sentence_that_dates_what_is_below_it_leaves_that_unread(words: str) -> None:
    for listed in (EXITS_LISTED, table("Exit | Step-free", "A | Yes")):
        assert published(f"<p>{words}</p>{listed}") == set()


@pytest.mark.parametrize(
    "words",
    [
        "The list above is from 2012.",
        "This table was compiled in 2012.",
        "This information is from 2012.",
        "The details above are out of date.",
        "Last verified: 2012",
    ],
)
def test_a_sentence_that_dates_what_is_above_it_takes_that_back(words: str) -> None:
    for listed in (EXITS_LISTED, table("Exit | Step-free", "A | Yes")):
        assert published(f"{listed}<p>{words}</p>") == set()


@pytest.mark.parametrize(
    "words",
    [
        "The station opened in 2012. The exits are listed below.",
        "The exits are listed below. Exit B opened in 2012.",
        "The station, built in 2012, has the following exits.",
        "The station is below the old course of the road.",
    ],
)
def test_a_year_of_the_station_leaves_what_is_below_it_as_it_is(words: str) -> None:
    assert published(f"<p>{words}</p>{EXITS_LISTED}") == {"A lift", "A Golden Mall"}


@pytest.mark.parametrize(
    "words",
    [
        "Singapore Zoo (by taxi)",
        "Singapore Zoo (by bus 138)",
        "Singapore Zoo (bus 138)",
        "Singapore Zoo (20 minutes by bus)",
        "Singapore Zoo (25 minutes' walk)",
        "Singapore Zoo, 25 minutes away",
        "Singapore Zoo, 3 km",
        "Singapore Zoo (1200 m)",
        "Singapore Zoo – take bus 138",
        "Singapore Zoo by shuttle bus",
        "Singapore Zoo<br>(by bus 138)",
        "Shuttle to Singapore Zoo",
        "Bus 138 to Singapore Zoo",
    ],
)
def test_a_place_beyond_walking_distance_is_no_landmark(words: str) -> None:
    assert published(table("Exit | Landmarks", f"A | {words}")) == set()
    assert published(f"<ul><li>Exit A: {words}</li></ul>") == set()
    assert published(f"<p>Exit A leads to {words}.</p>") == set()
    assert published(f"{EXIT_A}<ul><li>{words}</li></ul>") == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "Singapore Zoo is near Exit A, a 5-minute taxi ride away.",
        "For Singapore Zoo, use Exit A, then bus 138.",
        "Exit A serves Singapore Zoo, which is 3 km away.",
        "From Exit A one can walk to Singapore Zoo in 30 minutes.",
    ],
)
def test_a_place_that_a_sentence_puts_beyond_walking_distance_is_no_landmark(sentence: str) -> None:
    assert published(f"<p>{sentence}</p>") == set()


def test_a_cell_of_distances_takes_back_only_the_places_that_are_far() -> None:
    for far, near in (("3 km", "200 m"), ("25 min", "5 min"), ("1,500 m", "1 km")):
        rows = (f"A | Singapore Zoo | {far}", f"B | Golden Mall | {near}")
        assert published(table("Exit | Landmark | Distance", *rows)) == {"B Golden Mall"}


@pytest.mark.parametrize(
    "words",
    ["Golden Mall (500 m)", "Golden Mall, 300m", "Golden Mall (5 minutes' walk)", "Golden Mall<br>Bus 138"],
)
def test_a_place_within_walking_distance_is_a_landmark(words: str) -> None:
    assert "A Golden Mall" in published(table("Exit | Landmarks", f"A | {words}"))


@pytest.mark.parametrize(
    "name",
    [
        *("卡迪站B出口", "卡迪站 B 出口", "B出口", "卡迪地铁站B口", "义顺地铁站", "卡迪站", "Yishun B出口"),
        *("Pintu Keluar B", "Pintu B", "Stesen Khatib", "வெளியேறு B", "காத்திப் நிலையம்"),
    ],
)
def test_an_exit_or_station_in_any_language_is_no_landmark(name: str) -> None:
    assert published(table("Exit | Landmarks", f"A | {name}")) == set()
    assert published(f"<ul><li>Exit A: {name}</li></ul>") == set()


@pytest.mark.parametrize("name", ["汫坊购物中心", "北站购物中心", "பூங்கா", "Pusat Beli-belah Northpoint"])
def test_a_place_in_any_language_is_a_landmark(name: str) -> None:
    assert published(table("Exit | Landmarks", f"A | {name}")) == {f"A {name}"}


@pytest.mark.parametrize(
    "head",
    [
        *("Ramp", "Wheelchair ramp", "Ramp for wheelchairs", "Barrier-free ramp", "Ramps / step-free"),
        *("Lift / ramp", "Wheelchair-accessible ramp", "Lift / escalator"),
    ],
)
@pytest.mark.parametrize("answer", ["No", "None", "No, steep", "Steep", "Yes"])
def test_a_ramp_or_none_says_nothing_of_step_free_access(head: str, answer: str) -> None:
    assert published(table(f"Exit | {head}", f"A | {answer}")) == set()
    assert published(f"<ul><li>Exit A<ul><li>{head}: {answer}</li></ul></li></ul>") == set()


@pytest.mark.parametrize(
    "words", ["Exit A has no barrier-free ramp.", "There is no wheelchair ramp at Exit A."]
)
def test_a_sentence_that_denies_a_ramp_says_nothing_of_step_free_access(words: str) -> None:
    assert published(f"<p>{words}</p>") == set()
    assert published("<p>Exit A has no barrier-free access.</p>") == {"A no"}


def test_a_column_of_ramps_may_still_name_lifts_and_stairs() -> None:
    rows = ("A | Lift", "B | Stairs only")
    assert published(table("Exit | Wheelchair ramp", *rows)) == {"A lift", "B stairs_only", "B no"}
    assert published(table("Exit | Wheelchair access", "A | No", "B | Yes")) >= {"A no", "B yes"}


@pytest.mark.parametrize("caption", ["Exits (1988 to 2019)", "Exits at opening", "Proposals for the exits"])
def test_a_caption_of_another_time_takes_its_table_back(caption: str) -> None:
    assert published(table("Exit | Step-free", "A | Yes", caption=caption)) == set()
    assert published(f"<h2>{caption}</h2>" + table("Exit | Step-free", "A | Yes")) == set()
