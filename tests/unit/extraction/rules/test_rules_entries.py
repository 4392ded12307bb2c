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


@pytest.mark.parametrize(
    "words",
    ["Escalator, lift (planned)", "Lift (under repair); escalator", "Escalator; lift being built (by 2027)"],
)
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


@pytest.mark.parametrize(("divider", "is_read"), [("<br>", True), ("<br><br>", False)])
def test_keys_below_an_exit_belong_to_it_where_a_line_break_alone_divides_them(
    divider: str, is_read: bool
) -> None:
    lines = divider.join(
        ("<b>Exit A:</b> Northpoint City", "<i>Bus stop:</i> 59049 (Opp Stn)", "<i>Access:</i> lift")
    )
    assert ("A lift" in published(f"<p>{lines}</p>")) is is_read


@pytest.mark.parametrize("key", ["Exit A bus stop", "Bus stop (Exit A)", "Bus stops at Exit A"])
def test_a_key_may_name_the_exit_and_what_is_said_of_it(key: str) -> None:
    assert published(f"<table><tr><th>{key}</th><td>59049</td></tr></table>") == {"A 59049"}


@pytest.mark.parametrize("key", ["Former Exit A bus stop", "Khatib Exit A bus stop", "Old bus stop (Exit A)"])
def test_a_key_of_another_exit_or_time_names_none(key: str) -> None:
    assert published(f"<table><tr><th>{key}</th><td>59049</td></tr></table>") == set()


@pytest.mark.parametrize(
    ("head", "is_read"),
    [("Ways in", True), ("How?", True), ("Remarks", True), ("Planned", False), ("Xyz", False)],
)
def test_cells_that_say_nothing_but_access_tell_what_their_head_means(head: str, is_read: bool) -> None:
    column = published(table(f"Exit | {head}", "A | Lift", "B | Escalator"))
    keyed = published(f"{EXIT_A}<table><tr><th>{head}</th><td>Lift</td></tr></table>")
    assert column == ({"A lift", "B escalator"} if is_read else set())
    assert keyed == ({"A lift"} if is_read and head != "Remarks" else set())


def test_a_column_of_places_and_roads_is_one_of_landmarks() -> None:
    html = table(
        "Exit | You'll find", "A | Golden Mall; Yishun Avenue 2", "B | Yishun Ring Road; Silver Mall"
    )
    assert published(html) == {"A Golden Mall", "B Silver Mall"}


def test_exits_beside_keys_in_two_columns_are_read() -> None:
    html = (
        "<table><tr><th colspan='2'></th><th>A</th><th>B</th></tr>"
        "<tr><th rowspan='2'>Access</th><th>Lift</th><td>Available</td><td>Under construction</td></tr>"
        "<tr><th>Escalator</th><td colspan='2'>Available</td></tr>"
        "<tr><th rowspan='2'>Bus</th><th>Stop</th><td>59049 Opp Stn</td><td>59041 Stn</td></tr>"
        "<tr><th>Services</th><td>39</td><td>85</td></tr></table>"
    )
    assert published(html) == {"A lift", "A escalator", "B escalator", "A 59049", "B 59041"}


def test_one_answer_across_columns_of_features_is_that_of_each() -> None:
    rows = "<tr><td>A</td><td colspan='2'>Yes</td></tr><tr><td>B</td><td colspan='2'>Under repair</td></tr>"
    html = f"<table><tr><th>Exit</th><th>Lift</th><th>Escalator</th></tr>{rows}</table>"
    assert published(html) == {"A lift", "A escalator"}


def test_a_remark_on_one_thing_of_a_keyed_description_leaves_the_others() -> None:
    words = "Landmarks: Golden Mall<br>Access: escalator, lift (proposed)"
    assert published(table("Exit | Description", f"A | {words}", "B | Lift: yes")) == {
        *("A Golden Mall", "A escalator", "B lift")
    }


@pytest.mark.parametrize(("name", "is_read"), [("Jalan Besar Community Club", True), ("Jalan Besar", False)])
def test_what_is_named_after_a_road_is_a_place(name: str, is_read: bool) -> None:
    assert published(table("Exit | Landmarks", f"A | {name}")) == ({f"A {name}"} if is_read else set())


def test_places_and_stops_in_one_column_are_read_as_what_each_is() -> None:
    html = table("Place or stop | Nearest exit", "Golden Mall | A", "Bus stop 59049 Opp Stn (39) | A")
    assert published(html) == {"A Golden Mall", "A 59049"}


def test_no_with_stairs_only_behind_a_dash_is_a_no() -> None:
    assert published(table("Exit | Step free?", "A | No – stairs only")) == {"A no", "A stairs_only"}


def test_a_list_of_places_with_their_exits_needs_no_heading_for_what_is_surely_a_place() -> None:
    items = ("Golden Mall – Exit A (5 min walk)", "Silver Mall – Exit B (planned)", "Xyz – Exit A")
    html = "<h2>Directory</h2><ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    assert published(html) == {"A Golden Mall"}


@pytest.mark.parametrize(
    ("name", "is_read"), [("Holland V Stn", True), ("Bt Panjang Int", True), ("Xyz V", False)]
)
def test_a_stop_may_be_named_in_short_beside_its_code(name: str, is_read: bool) -> None:
    assert published(_list(f"Bus stop 59049 ({name})")) == ({"A 59049"} if is_read else set())


@pytest.mark.parametrize(
    ("item", "name"),
    [
        *((name, name) for name in ("Yishun Stadium", "Plaza Hotel Yishun", "Golden Square at Yishun")),
        *((name, name) for name in ("Grid@Yishun", "Golden Mart", "Silver Chambers", "Golden Square 2")),
        ("Golden Hospital – 金文医院, 5 min walk", "Golden Hospital"),
        ("Golden Mall 金文广场", "Golden Mall"),
    ],
)
def test_an_item_names_a_place_by_its_town_its_kind_or_twice(item: str, name: str) -> None:
    assert published(_list(item, "Lift")) == {f"A {name}", "A lift"}


@pytest.mark.parametrize(
    "item",
    [
        *("Stadium", "Near Stadium", "Old Yishun", "Peter Tan Yishun", "Lift @ Yishun", "Signs at Yishun"),
        *("Car Park 2", "Golden Mall 对面", "Golden Mall – 已关闭", "Grid@Khatib", "Contact@Facebook"),
    ],
)
def test_an_item_that_only_looks_like_a_place_of_the_town_names_none(item: str) -> None:
    assert {value for value in published(_list(item, "Escalator")) if value != "A lift"} == {"A escalator"}


def test_a_question_about_one_thing_takes_back_no_other() -> None:
    question = "Does this exit have an accessible toilet? Unsure."
    assert published(_list("Golden Mall", question)) == {"A Golden Mall"}
    assert published(_list("Golden Mall", "Is this exit open? Unsure.")) == set()


@pytest.mark.parametrize("key", ["bus", "Bus stops", "stop"])
def test_codes_in_brackets_behind_a_key_are_stops_of_the_exit(key: str) -> None:
    item = f"<b>A</b> — Golden Mall • Silver Plaza <small>({key}: 59041)</small> — lift"
    assert published(f"<h2>Exits</h2><ul><li>{item}</li></ul>") == {
        "A Golden Mall",
        "A Silver Plaza",
        "A 59041",
        "A lift",
    }


@pytest.mark.parametrize(
    "words", ["(tel: 59041)", "(bus: 59041 from 2028)", "(bus: 39)", "(former bus stop: 59041)"]
)
def test_other_numbers_in_brackets_are_no_stops(words: str) -> None:
    assert "A 59041" not in published(
        f"<h2>Exits</h2><ul><li><b>A</b> — Golden Mall {words} — lift</li></ul>"
    )


@pytest.mark.parametrize("heading", ["", "<h2>Platforms</h2>", "<h2>Exits</h2>"])
def test_a_key_may_stand_before_exits_each_with_what_it_has(heading: str) -> None:
    line = "<p><b>Facilities:</b> Exit A: escalator – Exit B: escalator – Exit C: lift</p>"
    assert published(heading + line) == {"A escalator", "B escalator", "C lift"}


@pytest.mark.parametrize(
    "line",
    [
        "Former facilities: Exit A: escalator – Exit B: lift",
        "Facilities: Exit A: lift (planned) – Exit B: none",
        "Ramblings: Exit A: escalator – Exit B: lift – Exit C: lift",
    ],
)
def test_a_key_of_other_things_or_times_gives_exits_behind_it_nothing(line: str) -> None:
    assert published(f"<p>{line}</p>") == set()


@pytest.mark.parametrize("item", ["Opp Golden Park <b>59049</b>", "Blk 12 (59049)", "Stn Int 59049 – 7, 14"])
def test_a_stop_may_be_named_before_its_code(item: str) -> None:
    assert published(f"{EXIT_A}<ul><li>Golden Mall</li><li>{item}</li></ul>") == {"A Golden Mall", "A 59049"}


@pytest.mark.parametrize("item", ["Lot 59049", "Former Opp Stn 59049", "Opp Stn, room 59049"])
def test_a_number_behind_other_words_is_no_stop(item: str) -> None:
    assert published(f"{EXIT_A}<ul><li>Golden Mall</li><li>{item}</li></ul>") == {"A Golden Mall"}


@pytest.mark.parametrize(
    "name",
    [
        *("High School of Mathematics and Science", "Academy of Music & Drama"),
        *("Church of the Holy Cross", "Golden Piazza"),
    ],
)
def test_a_school_of_two_subjects_is_one_place(name: str) -> None:
    assert published(f"{EXIT_A}<ul><li>{name}</li></ul>") == {f"A {name}"}


def test_a_museum_of_art_and_a_mall_are_not_one_place() -> None:
    found = published(f"{EXIT_A}<ul><li>Landmarks: Museum of Art and Golden Mall</li></ul>")
    assert found == {"A Museum of Art", "A Golden Mall"}
    assert published(f"{EXIT_A}<ul><li>Lift and School of Art</li></ul>") <= {"A lift"}


def test_an_arrow_may_lead_from_a_place_to_its_exit() -> None:
    items = "<li>Golden Mall → Exit A</li><li>Silver Plaza → Exits B and C</li>"
    found = {"A Golden Mall", "B Silver Plaza", "C Silver Plaza"}
    assert published(f"<h2>Landmarks</h2><ul>{items}</ul>") == found
    ways = "<li>Golden Mall → left → Exit A</li><li>Former Silver Plaza → Exit B</li>"
    assert published(f"<h2>Landmarks</h2><ul>{ways}</ul>") == set()


@pytest.mark.parametrize("stop", ["59049 — Opp Yishun Stn", "59049 Opp Yishun Stn (Svc 39, 85A)"])
def test_a_dash_or_services_may_stand_beside_the_name_of_a_stop(stop: str) -> None:
    assert published(_list(stop)) == published(table("Exit | Bus stops", f"A | {stop}")) == {"A 59049"}


@pytest.mark.parametrize("far", ["– 400 m", "– 12 mins", "(about 15 min)", "– about 10 minutes on foot"])
def test_how_far_away_a_place_is_may_stand_behind_its_name(far: str) -> None:
    assert published(_list(f"Golden Mall {far}")) == {"A Golden Mall"}
    assert published(_list(f"Golden Mall {far}, closed"), _list("Golden Mall – 12 months")) == set()


@pytest.mark.parametrize("far", ["(about 15 min)", "(400 m)", "(10-minute walk)"])
def test_how_far_away_a_place_is_may_stand_behind_its_exit(far: str) -> None:
    assert published(f"<h2>Nearby</h2><ul><li>Golden Mall – Exit A {far}</li></ul>") == {"A Golden Mall"}
    assert published("<h2>Nearby</h2><ul><li>Golden Mall – Exit A (15 min by bus)</li></ul>") == set()
