"""Tables are read by what their heads mean, whatever their wording, order, form and language."""

from __future__ import annotations

import pytest

from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.extraction.rules.words import Meaning
from tests.unit.extraction.rules.rule_scene import handed_on, published, said, table


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Exit", Meaning.EXIT),
        ("Exit(s)", Meaning.EXIT),
        ("Station exit", Meaning.EXIT),
        ("Nearest Exit", Meaning.EXIT),
        ("出口编号", Meaning.EXIT),
        ("Pintu Keluar", Meaning.EXIT),
        ("வெளியேறும் வழி", Meaning.EXIT),
        ("Bus stop code(s)", Meaning.BUS_STOP),
        ("Nearby bus stops", Meaning.BUS_STOP),
        ("Bus Stop (Services)", Meaning.BUS_STOP),
        ("Perhentian bas", Meaning.BUS_STOP),
        ("Bus services", Meaning.BUS),
        ("Bus stop name", Meaning.OTHER),
        ("Former bus stop", Meaning.OTHER),
        ("Not served by bus stops", Meaning.OTHER),
        ("Lift (planned)", Meaning.OTHER),
        ("No lift", Meaning.OTHER),
        ("Lift available?", Meaning.LIFT),
        ("电梯", Meaning.LIFT),
        ("Step-free access", Meaning.STEP_FREE),
        ("无障碍设施", Meaning.BARRIER_FREE),
        ("Lift / Escalator", Meaning.ACCESS),
        ("Landmarks nearby", Meaning.LANDMARK),
        ("Leads to", Meaning.LANDMARK),
        ("Direction", Meaning.TOWARDS),
        ("Platform no.", Meaning.PLATFORM),
        ("Remarks", Meaning.STATUS),
        ("Bus stop / exit", None),
        ("Weather", None),
        ("", None),
        ("Exit " * 40, None),
    ],
)
def test_a_head_is_read_by_the_meaning_of_its_words(header: str, meaning: Meaning | None) -> None:
    assert load_vocabulary().meaning_of(header) is meaning


ROWS = {"A 59049", "A lift", "A Northpoint City", "B 59041"}


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Bus stop | Lift | Places", "A | 59049 | Yes | Northpoint City", "B | 59041 | No |"),
        table("Places | Lift | Stop no. | Exit", "Northpoint City | ✓ | 59049 | A", "| ✗ | 59041 | B"),
        table("出口 | 巴士站 | 电梯 | 附近地标", "A | 59049 | 有 | Northpoint City", "B | 59041 | 没有 | "),
        table("Pintu | Perhentian bas | Lif | Tempat", "A | 59049 | Ada | Northpoint City", "B | 59041"),
        table(
            "வெளியேறு | பேருந்து நிறுத்தம் | மின்தூக்கி | இடங்கள்",
            "A | 59049 | உண்டு | Northpoint City",
            "B | 59041 | இல்லை | ",
        ),
        table("Exit | A | B", "Bus stop | 59049 | 59041", "Lift | Yes | No", "Nearby | Northpoint City |"),
        table("| Exit A | Exit B", "Bus stop | 59049 | 59041", "Lift | Yes |", "Nearby | Northpoint City |"),
        table("Bus stop code | Name | Exit", "59049 | Opp Stn | A", "59041 | Stn | B")
        + table("Place | Use exit", "Northpoint City | A")
        + table("Exit | Facilities", "A | Lift", "B | No lift"),
        table("Exit | Stop no | Lift | Places | Exit | Stop no", "A | 59049 | 1 | Northpoint City | B|59041"),
        table("Exit / Places | Bus stops | Facilities", "A – Northpoint City | 59049 | Lift", "B | 59041 |"),
        "<table><tr><td><b>Exit A</b></td><td>Northpoint City, lift, bus stop 59049</td></tr>"
        "<tr><td>Exit B</td><td>Bus stops: 59041</td></tr></table>",
    ],
)  # fmt: skip
def test_one_table_written_in_many_ways_says_the_same(html: str) -> None:
    assert said(html) == published(html) == ROWS


@pytest.mark.parametrize(
    "html",
    [
        "<h2>History</h2>" + table("Exit | Lift", "A | Yes"),
        "<h2>Exits of Khatib station</h2>" + table("Exit | Lift", "A | Yes"),
        table("Exit | Lift", "A | Yes", caption="Planned exits"),
        table("Exit | Lift", "A (closed) | Yes"),
        table("Exit | Lift", "Khatib Exit A | Yes"),
        table("Exit | Lift", "A (Khatib) | Yes"),
        table("Exit | Lift", "Emergency exit A | Yes"),
        table("Exit | Lift", "A | Yes (from 2027, planned)"),
        table("Exit | Lift", "A | ?", "B | ", "C | –", "D | x"),
        table("Exit | Lift", "A | Yes, at Exit B"),
        table("Exit | Facilities", "A | a lift from Exit A to Exit B"),
        table("Exit | Facilities", "A | nearest lift", "B | lift under repair", "C | no lift, escalator"),
        table("Exit | Lift | Status", "A | Yes | Not open"),
        table("Exit | Lift | Remarks", "A | Yes | Opens in 2027, under construction"),
        table("Station | Exit | Lift", "Khatib | A | Yes"),
        table("Exit | Future lift", "A | Yes"),
        table("Berth | Lift", "A | Yes"),
        table("Bus stop code | Name | Exit", "59049 | Opp Yishun Stn (removed) | A"),
        table("Level | Lift", "A | Yes"),
        "<table><tr><th>Exit</th><th>Lift</th></tr><tr><td colspan=2>Former exits</td></tr>"
        "<tr><td>A</td><td>Yes</td></tr></table>",
        table("Exit | Bus stop", "A | 59049 (removed)", "B | none near 59041", "C | 590490, A59041, 5904"),
        table("Exit | Nearest step-free exit", "A | B"),
        table("Exit | Places", "A | Yishun Avenue 2, Blk 743", "B | taxi stand; Exit A; Yishun", "C | shops"),
        table("Exit | Places", "A | Golden Cinema (demolished)", "B | formerly: Golden Mall", "C | Opp Mall"),
        table("Exit | Places", "A | TBC; Bus 39, Bus 85A", "B | HDB Block 743; Private Housing; See below"),
        table("Exit | Location", "A | Yishun Central, Yishun Ring Road", "B | Level 1; B1; Jalan Kayu; PIE"),
        table("Exit | Lift", "A | Yes*", "B | Yes†"),
        table("Exit* | Lift", "A* | Yes"),
        table("Exit | Step-free", "A | Yes, except at night", "B | Yes, but not at weekends"),
        table("Exit | Landmarks", "A | Toys and Games, the Mall and more", "B | Toys/Games Hall"),
        table("Exit | Landmarks", "A | Formerly: Golden Mall; Silver Mall", "B | Across: Golden Mall"),
        table("Platform | Towards", "A & B | Jurong East", "C | Yishun", "D | terminates here"),
    ],
)  # fmt: skip
def test_what_a_table_does_not_say_of_an_exit_as_it_is_now_is_not_published(html: str) -> None:
    assert published(html) == set()


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("Yes", {"A lift"}),
        ("2 lifts", {"A lift"}),
        ("1", {"A lift"}),
        ("Yes (street level)", {"A lift"}),
        ("No, stairs only", {"A stairs_only", "A no"}),
        ("No", set()),
        ("0", set()),
    ],
)
def test_a_lifts_column_answers_in_few_words(cell: str, values: set[str]) -> None:
    assert published(table("Exit | Lift", f"A | {cell}")) == values


@pytest.mark.parametrize(
    ("header", "cell", "values"),
    [
        ("Step-free", "Yes", {"A yes"}),
        ("Step-free", "No", {"A no"}),
        ("Step-free", "Not step-free", {"A no"}),
        ("Step-free", "Lift", {"A lift"}),
        ("Barrier-free access", "✔", {"A barrier_free", "A yes"}),
        ("Wheelchair-accessible", "✗", {"A no"}),
        ("Stairs only", "Yes", {"A stairs_only", "A no"}),
        ("Stairs", "Yes", set()),
        ("Facilities", "Lift. Escalator. No staircase.", {"A lift", "A escalator"}),
        ("Facilities", "Escalator (no lift)", {"A escalator"}),
        ("Facilities", "Lift (not available)", set()),
        ("Facilities", "wheelchair-friendly toilet", {"A accessible_toilet"}),
        ("设施", "电梯，自动扶梯", {"A lift", "A escalator"}),
        ("设施", "没有电梯", set()),
    ],
)  # fmt: skip
def test_access_is_taken_at_its_word(header: str, cell: str, values: set[str]) -> None:
    assert published(table(f"Exit | {header}", f"A | {cell}")) == values


def test_merged_cells_count_for_every_row_and_exit_they_span() -> None:
    html = """<table><tr><th rowspan=2>Exit</th><th colspan=2>Bus stops</th></tr>
    <tr><th>Near</th><th>Far</th></tr>
    <tr><td rowspan=2>A</td><td rowspan=3>59049</td><td>59041</td></tr><tr><td>–</td></tr>
    <tr><td>B</td><td></td></tr></table>"""
    assert published(html) == {"A 59049", "A 59041", "B 59049"}


@pytest.mark.parametrize("span", ["2;", "2px", "+2", "2.0", " 2"])
def test_a_lift_stays_with_its_exit_however_a_span_is_written(span: str) -> None:
    html = f"""<table><tr><th>Exit</th><th>Level</th><th>Lift</th></tr>
    <tr><td>A</td><td rowspan="{span}">1</td><td>Yes</td></tr><tr><td>B</td><td>No</td></tr>
    <tr><td colspan="{span}">C</td><td>Yes</td></tr></table>"""
    assert published(html) == {"A lift", "C lift"}


@pytest.mark.parametrize(
    "html",
    [
        table("Lift | Exit | Lift | Exit", "No | A | Yes | B", "Yes | C | No | D"),
        table("Landmarks | Exit | Landmarks | Exit", "Northpoint City | A | Wisteria Mall | B"),
    ],
)
def test_of_two_tables_side_by_side_that_begin_with_no_exit_nothing_is_read(html: str) -> None:
    assert said(html) == set()


def test_two_tables_side_by_side_are_read_each_by_its_own_exits() -> None:
    html = table("Exit | Lift | Exit | Lift", "A | No | B | Yes", "C | Yes | D | No")
    assert published(html) == {"B lift", "C lift"}


def test_a_row_of_several_exits_counts_for_each() -> None:
    html = table("Exit | Lift", "A & B | Yes", "C | No", "D–E | Yes")
    assert published(html) == {"A lift", "B lift", "D lift", "E lift"}


def test_a_head_in_several_rows_is_read_from_its_lowest() -> None:
    html = """<table><tr><th rowspan=2>Exit</th><th colspan=2>Stepless</th></tr>
    <tr><th>Lift</th><th>Route</th></tr>
    <tr><td>A</td><td>Yes</td><td>No</td></tr></table>"""
    assert published(html) == {"A lift", "A no"}


def test_rows_below_a_divider_belong_to_it() -> None:
    html = """<table><tr><th colspan=2>Exit A</th></tr><tr><td>Bus stops</td><td>59049</td></tr>
    <tr><th colspan=2>Exit B</th></tr><tr><td>Landmarks</td><td>Northpoint City</td></tr></table>"""
    assert published(html) == {"A 59049", "B Northpoint City"}


def test_linked_names_are_names_whatever_stands_in_them() -> None:
    link = "<a href='/x'>{}</a>"
    html = table(
        "Exit | Landmarks",
        f"A | {link.format('Marks and Spencer')} and {link.format('Mall, The')}",
        f"B | {link.format('Northpoint')} City via underpass",
        f"C | serves {link.format('Junction Nine')} via link bridge",
    )
    assert published(html) == {"A Marks and Spencer", "A Mall, The", "C Junction Nine"}


@pytest.mark.parametrize(
    "html",
    [
        table("Platform | Line | Towards", "A | North South Line | Jurong East via Canberra"),
        table("Towards | Platform", "NS1 Jurong East | Platform A"),
        table("Platform | Route", "A | North South Line to Jurong East"),
        table("Platform | A", "Direction | Jurong East"),
        "<table><tr><td>L2</td><td>Platform A</td><td>← Line towards Jurong East</td></tr></table>",
        "<ul><li>Platform A: towards Jurong East via Canberra</li></ul>",
        "<p>Platform A – Jurong East</p>",
        "<p>Trains towards Jurong East use Platform A.</p>",
        "<h3>Platform A</h3><p>towards Jurong East</p>",
        "<p>月台A：往 Jurong East</p>",
    ],
)
def test_a_platform_is_read_with_where_its_trains_go(html: str) -> None:
    assert published(html) == {"* A>NS1"}


def test_a_row_that_was_not_understood_is_handed_on_whole() -> None:
    html = "<h2>Exits</h2>" + table("Exit | Getting there", "A | By the ramp behind the shop", "B | ")
    assert handed_on(html) == ["== Exits ==\n\nExit | Getting there\nA | By the ramp behind the shop\nB | "]
    assert not handed_on(table("Exit | Lift", "A | Yes", "B | –"))


def test_a_place_that_is_gone_is_not_even_claimed() -> None:
    assert said(table("Exit | Landmarks", "A | Golden Cinema (demolished), No Mall")) == set()


def _below(label: str, *rows: str) -> str:
    """Return rows of keys and values below a line across the table."""
    cells = (row.split(" | ") for row in rows)
    body = "".join(f"<tr><td>{key}</td><td>{value}</td></tr>" for key, value in cells)
    return f"<table><tr><th colspan=2>{label}</th></tr>{body}</table>"


@pytest.mark.parametrize("head", ["For", "To", "Go here for", "Use this exit for", "Where it leads"])
def test_words_that_send_one_somewhere_head_places(head: str) -> None:
    assert published(table(f"Exit | {head}", "A | Kinex", "B | Zorba")) == {"A Kinex", "B Zorba"}
    assert published(_below("Exit A", f"{head} | Zorba")) == {"A Zorba"}
    assert published(_below("Exit A", f"Not {head.lower()} | Zorba")) == set()


def test_one_fact_below_an_exit_is_no_row_of_heads() -> None:
    html = _below("Exit A", "Access | Stairs only") + _below("Exit B", "Access | Lift, escalator")
    assert published(html) == {"A stairs_only", "A no", "B lift", "B escalator"}
    assert published(_below("Exit A (closed)", "Access | Lift, escalator")) == set()


@pytest.mark.parametrize("remark", ["(planned)", "(under construction)", "(closed)"])
def test_a_column_of_an_exit_that_may_not_be_in_use_does_not_spoil_the_others(remark: str) -> None:
    rows = "Attractions | Golden Mall | Silver Hall", "Stops | 59049 Opp Stn | 59041", "Lift | Yes | Yes"
    assert published(table(f"Exit | A | B {remark}", *rows)) == {"A Golden Mall", "A 59049", "A lift"}


def test_codes_with_names_are_stops_below_a_head_that_sends_one_there() -> None:
    cells = "59049 Yishun Stn Exit A (for 39, 85)", "59041 Yishun Stn (39)<br>59049 Opp Yishun Stn (85)"
    assert published(table("From exit | Walk to", f"A | {cells[0]}", f"B | {cells[1]}")) == {
        "A 59049",
        "B 59041",
        "B 59049",
    }
    for head in ("Former stops", "Not near", "Invoice"):
        assert published(table(f"Exit | {head}", "A | 59049 times", "B | 59041")) == set()


def test_a_stop_named_after_an_exit_heads_no_column() -> None:
    html = (
        "<table><tr><th>Code</th><th>Stop</th><th>Routes</th></tr>"
        "<tr><td colspan=3>Exit A</td></tr><tr><td>59049</td><td>Yishun Stn Exit A</td><td>41, 52</td></tr>"
        "<tr><td colspan=3>Exit B</td></tr><tr><td>59041</td><td>Golden Mall</td><td>74</td></tr></table>"
    )
    assert published(html) == {"A 59049", "B 59041"}


def test_a_line_across_a_matrix_may_take_back_what_is_below_it() -> None:
    rows = "<tr><td>Zorba Hall</td><td>●</td><td></td></tr>"
    head = "<tr><th>Landmark</th><th>A</th><th>B</th></tr>"
    line = "<tr><td>{}</td><td colspan=2></td></tr>"
    assert published(f"<table>{head}{line.format('Places')}{rows}</table>") == {"A Zorba Hall"}
    assert published(f"<table>{head}{line.format('Planned places')}{rows}</table>") == set()
    apart = "<tr><td>Planned places</td><td></td><td></td></tr>"
    assert published(f"<table>{head}{apart}{rows}</table>") == set()


@pytest.mark.parametrize("key", ["{} at Exit A", "Exit A {}", "{} (Exit A)", "Exit A: {}", "{}, Exit A"])
def test_a_key_may_name_its_exit_beside_what_stands_behind_it(key: str) -> None:
    facts = {"landmarks": "Golden Mall<br>Zorba", "bus stops": "59049", "access": "Lift"}
    rows = "".join(f"<tr><td>{key.format(name)}</td><td>{value}</td></tr>" for name, value in facts.items())
    assert published(f"<table>{rows}</table>") == {"A Golden Mall", "A Zorba", "A 59049", "A lift"}


@pytest.mark.parametrize("key", ["{} not at Exit A", "former {} at Exit A", "{} past Exit A"])
def test_a_key_may_say_that_things_are_not_at_the_exit_that_it_names(key: str) -> None:
    rows = f"<tr><td>{key.format('landmarks')}</td><td>Golden Mall</td></tr>"
    assert published(f"<table>{rows}<tr><td>Line</td><td>NSL</td></tr></table>") == set()


def test_all_exits_answers_for_each_column_of_exits() -> None:
    rows = "<tr><th>Exit</th><th>A</th><th>B</th></tr><tr><th>Escalators</th><td colspan='2'>{}</td></tr>"
    lifts = "<tr><th>Lifts</th><td>Yes</td><td>Yes</td></tr>"
    both = {"A lift", "B lift"}
    assert published(f"<table>{rows.format('All exits')}{lifts}</table>") == {
        *both,
        "A escalator",
        "B escalator",
    }
    for answer in ("Not all exits", "All exits but B", "All exits (planned)"):
        assert published(f"<table>{rows.format(answer)}{lifts}</table>") == both


def test_heads_in_chinese_and_english_may_stand_in_two_rows() -> None:
    rows = (
        "<tr><th rowspan=2>出口<br>Exit</th><th rowspan=2>附近地点<br>Places of interest</th>"
        "<th colspan=2>巴士车站 Bus stop</th></tr><tr><th>{} Code</th><th>名称 Name</th></tr>"
        "<tr><td>A</td><td>Golden Mall（金文坊）<br>Silver Gardens（银园）</td>"
        "<td>59049</td><td>Opp Stn</td></tr>"
    )
    places = {"A Golden Mall", "A Silver Gardens"}
    assert published(f"<table>{rows.format('号码')}</table>") == {*places, "A 59049"}
    assert published(f"<table>{rows.format('旧')}</table>") == places


@pytest.mark.parametrize("note", ["about 600 m on foot", "around 5 min walk"])
def test_a_note_on_the_way_takes_back_no_place(note: str) -> None:
    mark = '<sup class="reference"><a href="#cite_note-a">[a]</a></sup>'
    notes = f'<ol><li id="cite_note-a">{note}</li></ol>'
    rows = table("Exit | Landmarks", f"A | Golden Mall{mark}")
    assert published(rows + notes) == {"A Golden Mall"}
    assert published(rows + notes.replace(note, f"{note}, closed")) == set()


@pytest.mark.parametrize(
    ("to_a", "to_b"),
    [
        ("NS1 Jurong East, calling next at Khatib", "NS28 Marina South Pier, stopping first at Khatib"),
        ("Northbound, next Canberra", "Southbound, next Khatib (NS14)"),
    ],
)
def test_the_next_station_may_stand_behind_where_trains_go_or_alone(to_a: str, to_b: str) -> None:
    rows = f"<tr><td>A</td><td>{to_a}</td></tr><tr><td>B</td><td>{to_b}</td></tr>"
    html = f"<table><tr><th colspan=2>Platforms</th></tr>{rows}</table>"
    assert published(html) == {"* A>NS1", "* B>NS28"}
    assert published(html.replace(">Northbound, next", ">Once next").replace(">NS1 ", ">Once NS1 ")) == {
        "* B>NS28"
    }


def test_a_way_without_a_station_leaves_the_direction_to_the_next_column() -> None:
    rows = "A | Northbound | Canberra", "B | Southbound | Khatib"
    assert published(table("Platform | Direction | Next station", *rows)) == {"* A>NS1", "* B>NS28"}
    assert published(table("Platform | Direction | From", *rows)) == set()
    others = "A | Jurong East | Canberra", "B | Northbound (planned) | Khatib"
    assert published(table("Platform | Direction | Next station", *others)) == {"* A>NS1"}


@pytest.mark.parametrize("remarks", ["Remarks", "Photo", "Whatever", ""])
def test_a_column_in_which_nothing_is_said_changes_nothing(remarks: str) -> None:
    rows = ("Lift | Yes | No |", "Escalator | No | Yes | –")
    assert published(table(f" | Exit A | Exit B | {remarks}", *rows)) == {"A lift", "B escalator"}


@pytest.mark.parametrize("aside", ["Road", "Services", "Photo"])
def test_columns_beside_those_of_exits_that_are_about_neither_change_nothing(aside: str) -> None:
    rows = ("59049 | Yishun Ave 2 | ✓ |", "59041 | Yishun Ave 2 | | ✓", "59039 | (until 2019) | ✓ | ✓")
    assert published(table(f"Bus stop | {aside} | A | B", *rows)) == {"A 59049", "B 59041"}


def test_a_column_in_which_something_is_said_may_turn_the_others_round() -> None:
    rows = ("Lift | Yes | Yes | broken", "Escalator | Yes | Yes |")
    found = published(table(" | Exit A | Exit B | Remarks", *rows))
    assert found == {"A escalator", "B escalator"}


def test_heads_may_be_repeated_in_the_middle_of_a_table() -> None:
    rows = ("1 | Yes", "No. | Lift", "2 | Yes", "3 | No")
    assert {it for it in said(table("No. | Lift", *rows)) if "lift" in it} == {"1 lift", "2 lift"}


def test_a_plural_in_capitals_heads_a_column_of_exits_and_is_no_exit_s() -> None:
    assert published(table("BUS STOP | EXITS", "59049 | A", "59041 | A–B")) == {
        "A 59049",
        "A 59041",
        "B 59041",
    }


@pytest.mark.parametrize("services", ["(48, 61, 75)", "(48; 61; 75)", "(48<br>61<br>75)"])
def test_services_in_brackets_are_neither_divided_nor_places(services: str) -> None:
    assert published(table("Exit | Nearby", f"A | 59049 Yishun Stn {services}")) <= {"A 59049"}


def test_an_item_may_end_in_a_bracket_and_a_full_stop() -> None:
    assert published("<h2>Nearby</h2><ul><li>Golden Mall (Exit A).</li></ul>") == {"A Golden Mall"}


def test_labels_may_stand_below_a_head_that_says_exit_beside_a_column_of_things() -> None:
    heads = "<tr><th rowspan=2>Item</th><th colspan=2>Exit</th></tr><tr><th>A</th><th>B</th></tr>"
    rows = (
        "<tr><td>Lift</td><td>Yes</td><td>No</td></tr><tr><td>Places</td><td>Golden Mall</td><td>–</td></tr>"
    )
    assert published(f"<table>{heads}{rows}</table>") == {"A lift", "A Golden Mall"}
    assert published(f"<table>{heads.replace('Exit', 'Floor')}{rows}</table>") == set()
