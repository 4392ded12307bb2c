"""Tables whose heads are codes, whose rows are things or that stand in an entry; answers in two tongues."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said, table

_CODED = table("Exit | L | E", "Exit A | ● | –", "Exit B | – | ●")
_LEGEND = "<p>Key: <b>L</b> = lift, <b>E</b> = escalator"


def test_codes_at_the_heads_of_columns_mean_what_the_legend_says() -> None:
    assert said(f"{_LEGEND}, – = not there.</p>{_CODED}") == {"A lift", "B escalator"}


@pytest.mark.parametrize(
    ("legend", "found"),
    [
        ("", set()),
        (f"{_LEGEND}, ● = planned.</p>", set()),
        (f"{_LEGEND}, ● = to be confirmed.</p>", set()),
        (f"{_LEGEND}. L = level.</p>", {"B escalator"}),
        ("<p>Key: L = proposed lift, E = escalator.</p>", {"B escalator"}),
    ],
    ids=["no legend", "a sign for plans", "a sign for doubts", "a code for two things", "a code for plans"],
)
def test_a_legend_that_takes_back_what_it_explains_leaves_it_unread(legend: str, found: set[str]) -> None:
    assert said(f"{legend}{_CODED}") == found


@pytest.mark.parametrize(
    "legend",
    [
        "<p>● denotes planned.</p>",
        "<p>●: under construction</p>",
        "<p>● – closed; ○ – open</p>",
        "<ul><li>● planned</li></ul>",
        "<p>Planned: ●</p>",
    ],
)
def test_a_sign_that_is_said_to_mark_plans_marks_nothing_that_is_there(legend: str) -> None:
    assert said(legend + table("Exit | Lift", "Exit A | ●")) == set()


def _matrix(*rows: str) -> str:
    """Return a table of exits A and B whose rows may be a line across it: `Places`."""
    lines = [row.split(" | ") for row in rows]
    cells = (
        f"<td>{line[0]}</td>" + ("".join(f"<td>{it}</td>" for it in line[1:]) or '<td colspan="2"></td>')
        for line in lines
    )
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<table><tr><th>For</th><th>A</th><th>B</th></tr>{body}</table>"


def test_things_below_a_line_across_a_matrix_are_at_the_exits_that_it_marks() -> None:
    page = _matrix(
        "Bus stops", "59049 Opp Stn | ● | ", "Places", "Golden Mall |  | ●", "Access", "Lift | ● | "
    )
    assert published(page) == {"A 59049", "B Golden Mall", "A lift"}


@pytest.mark.parametrize("line", ["Former bus stops", "Planned places", "Places to avoid", "Taxi"])
def test_things_below_a_line_that_may_take_them_back_are_left_unread(line: str) -> None:
    assert published(_matrix(line, "59049 Opp Stn | ● | ", "Golden Mall |  | ●")) == set()


def test_a_thing_that_its_row_denies_is_at_no_exit() -> None:
    assert published(_matrix("Places", "Golden Mall | ✗ | –")) == set()


_BOX = "<table><tr><th>Bus stops</th><td>59049 Opp Stn</td></tr><tr><th>Lift</th><td>Y</td></tr></table>"


@pytest.mark.parametrize(
    "page",
    [f"<ul><li><b>Exit A</b>{_BOX}</li><li>Exit B</li></ul>", f"<dl><dt>Exit A</dt><dd>{_BOX}</dd></dl>"],
    ids=["item", "term"],
)
def test_a_table_in_an_entry_is_of_the_exit_that_the_entry_names(page: str) -> None:
    assert published(f"<h2>The exits</h2>{page}") == {"A 59049", "A lift"}


@pytest.mark.parametrize(
    "page",
    [
        f"<ul><li>Exit A</li></ul>{_BOX}",
        f"<ul><li>Exit A</li><li>{_BOX}</li></ul>",
        f"<ul><li>Exit A (closed){_BOX}</li></ul>",
        f"<ul><li>Exit A (2031){_BOX}</li></ul>",
        f"<ul><li>Former layout{_BOX}</li></ul>",
    ],
    ids=["behind the list", "in the next entry", "closed", "planned", "another time"],
)
def test_a_table_elsewhere_or_in_an_entry_that_takes_it_back_is_of_no_exit(page: str) -> None:
    assert published(f"<h2>The exits</h2>{page}") == set()


def test_a_table_in_an_entry_of_another_exit_is_not_of_the_section_around_it() -> None:
    assert published(f"<h2>Exit A</h2><ul><li>Exit Q{_BOX}</li></ul>") == set()


@pytest.mark.parametrize(("answer", "found"), [("有 Yes", {"A lift"}), ("没有 No", set()), ("有 No", set())])
def test_an_answer_may_be_given_in_two_languages(answer: str, found: set[str]) -> None:
    assert said(f"<h2>Exit A</h2><table><tr><th>电梯 Lift</th><td>{answer}</td></tr></table>") == found


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("Lif / lift: ada (yes)", {"A lift"}),
        ("Lif / lift: tiada (none)", set()),
        ("电梯 / lift: 没有 (no)", set()),
        ("மின்தூக்கி / lift: இல்லை", set()),
        ("Lift: tiada", set()),
    ],
)
def test_a_key_in_another_language_is_no_value(entry: str, found: set[str]) -> None:
    assert said(f"<h2>Exit A</h2><ul><li>{entry}</li></ul>") == found


def test_a_way_without_steps_named_twice_is_one_thing() -> None:
    page = "<h2>Exit A</h2><table><tr><th>无障碍通道 Step-free</th><td>有 Yes</td></tr></table>"
    assert said(page) == {"A step_free_yes"}


@pytest.mark.parametrize("denial", ["No", "Without:", "None", "Without"])
def test_an_entry_that_only_denies_takes_back_those_behind_it(denial: str) -> None:
    assert said(f"<h2>Exit A</h2><ul><li>{denial}</li><li>Lift</li><li>Escalator</li></ul>") == set()


def test_a_denial_reaches_no_entry_of_a_key_of_its_own() -> None:
    assert said("<h2>Exit A</h2><ul><li>None</li><li>Lift: yes</li></ul>") == {"A lift"}


def test_a_term_about_other_times_takes_back_its_own_entries_alone() -> None:
    terms = (
        "<dt>Lift</dt><dd>Yes</dd><dt>Formerly</dt><dd>Stop 59041</dd><dt>Upcoming</dt><dd>Golden Mall</dd>"
    )
    assert published(f"<h2>Exit A</h2><dl>{terms}</dl>") == {"A lift"}


@pytest.mark.parametrize("terms", ["<dt>Formerly</dt>", "<dt>Closed</dt><dd>since March</dd>"])
def test_a_term_that_says_how_things_stand_takes_back_the_exit(terms: str) -> None:
    assert published(f"<h2>Exit A</h2><dl><dt>Lift</dt><dd>Yes</dd>{terms}</dl>") == set()


@pytest.mark.parametrize(
    ("heads", "found"),
    [
        ("Item | Exit A (Rivervale Dr) | Exit B (Yishun Ave 2)", {"A lift"}),
        ("Item | Exit A (Khatib) | Exit B (Yishun Ave 2)", set()),
        ("Item | Exit A (closed) | Exit B (Yishun Ave 2)", set()),
        ("Item | Exit A (VENDORS) | Exit B (Yishun Ave 2)", set()),
    ],
)
def test_exits_at_the_heads_of_columns_may_name_their_road(heads: str, found: set[str]) -> None:
    assert said(table(heads, "Lift | ✔ | ✘")) == found


@pytest.mark.parametrize("name", ["EW1 Pasir Ris", "NS13 Yishun", "Singapore"])
def test_a_station_with_its_code_and_the_country_are_no_landmarks(name: str) -> None:
    page = table("Exit | Landmarks", f"A | {name}; Golden Mall", "B | Silver Plaza")
    assert said(page) == {"A Golden Mall", "B Silver Plaza"}


def test_the_country_behind_a_name_belongs_to_it() -> None:
    page = table("Exit | Landmarks", "A | Golden Hotel, Singapore, Silver Plaza")
    assert said(page) == {"A Golden Hotel, Singapore", "A Silver Plaza"}


def test_platforms_may_be_written_short() -> None:
    assert said(table("Plat. | To", "A | NS1 Jurong East")) == {"* A>Jurong East"}


def test_what_stands_behind_an_answer_in_a_cell_is_a_place_or_a_stop_of_its_own() -> None:
    cells = "<td>Exit A<br>Step-free: Yes<br>Golden Mall</td><td>Exit B<br>Lift: No<br>Silver Plaza</td>"
    assert published(f"<table><tr>{cells}</tr></table>") == {"A yes", "A Golden Mall"}


def test_what_stands_behind_an_answer_in_a_cell_is_no_access() -> None:
    cell = "Lift: Yes<br>Escalator<br>No"
    assert "A escalator" not in said(
        f"<table><tr><td>Exit A<br>{cell}</td><td>Exit B<br>Lift</td></tr></table>"
    )


def test_a_name_with_a_dash_in_an_entry_is_not_cut_in_two() -> None:
    assert said("<h2>Exit A</h2><h3>Nearby</h3><ul><li>Hotel 81 - Violet</li></ul>") == set()


@pytest.mark.parametrize("heading", ["A出口", "出口A", "A 出口"])
def test_an_exit_may_be_named_in_chinese_without_a_space(heading: str) -> None:
    assert said(f"<h2>{heading}</h2><ul><li>电梯: 有</li></ul>") == {"A lift"}


@pytest.mark.parametrize("heading", ["A座", "A座出口", "A线"])
def test_a_letter_before_another_chinese_word_is_no_exit(heading: str) -> None:
    assert said(f"<h2>{heading}</h2><ul><li>电梯: 有</li></ul>") == set()


@pytest.mark.parametrize("name", ["Peter Tan", "Tan Ah Kow"])
def test_a_person_near_an_exit_is_no_landmark(name: str) -> None:
    assert said(f"<p>{name} is near Exit A.</p>") == set()


def test_a_long_arrow_leads_to_where_trains_go() -> None:
    assert said("<dl><dd>Platform A ⟶ Jurong East (NS1)</dd></dl>") == {"* A>Jurong East"}
