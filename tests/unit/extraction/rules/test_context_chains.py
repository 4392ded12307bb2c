"""Whose a value is, and what it is, by what stands nearest to it, whatever the form of the page."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said


def _table(*rows: str, tag: str = "td") -> str:
    """Return a table whose first row has heads; a bar divides cells."""
    lines = [row.split(" | ") for row in rows]
    head = "".join(f"<th>{cell}</th>" for cell in lines[0])
    body = "".join(
        "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in line) + "</tr>" for line in lines[1:]
    )
    return f"<table><tr>{head}</tr>{body}</table>"


@pytest.mark.parametrize(
    "html",
    [
        _table("Item | Where", "Lifts | Exit A", "Bus stop 59049 | Exit A", "Golden Mall | Exits A"),
        "<ul><li>Lift (Exit A)</li><li>59049 Opp Stn (Exit A)</li><li>Golden Mall (Exit A)</li></ul>",
        "<table><tr><td>Exit A<br>Lift<br>🚌 59049 Opp Stn<br>📍 Golden Mall</td>"
        "<td>Exit D<br>nothing</td></tr></table>",
        "<ul><li>Lift<ul><li>Exit A</li></ul></li><li>By bus<ul><li>Exit A<ul><li>59049</li></ul></li></ul>"
        "</li><li>Sights<ul><li>Exit A<ul><li>Golden Mall</li></ul></li></ul></li></ul>",
    ],
    ids=["things and their exits", "entries with exits behind", "cards", "lists in lists"],
)
def test_one_fact_is_read_in_whatever_form_it_stands(html: str) -> None:
    assert published(html) == {"A lift", "A 59049", "A Golden Mall"}


def test_signs_head_columns_as_words_do() -> None:
    html = _table("🚪 | 🚌 | 🛗", "A | 59049 | \u2705", "B | 59041 | \u274c")
    assert published(html) == {"A 59049", "A lift", "B 59041"}


def test_places_below_their_exits_need_no_other_head() -> None:
    html = _table("Exit A | Exit B", "Golden Mall | Silver Plaza")
    assert published(html) == {"A Golden Mall", "B Silver Plaza"}


def test_a_number_is_no_denial() -> None:
    assert published("<h2>Exit A</h2><p>Bus stop no. 59049 (Opp Stn)</p>") == {"A 59049"}


@pytest.mark.parametrize(
    "html",
    [
        _table("Item | Where", "Lifts | Khatib Exit A", "Golden Mall | take a bus"),
        _table("Item | Where", "Planned lift | Exit A", "Golden Mall (demolished) | Exit A"),
        _table("Item | Proposed exit", "Lift | Exit A", "Golden Mall | Exit B"),
        "<ul><li>Former stops<ul><li>Exit A<ul><li>59049</li></ul></li></ul></li></ul>",
        "<ul><li>Golden Mall<ul><li>Exit A: not connected</li></ul></li></ul>",
        "<ul><li>Lift (Exit A; planned)</li><li>59049, 59041 (Exit A)</li></ul>",
        "<table><tr><td>Exit A (closed)<br>59049 Opp Stn</td><td>Exit B (2030)<br>Lift</td></tr></table>",
        "<h3>Exit A</h3><table><tr><td>New exit (2031)</td><td></td></tr>"
        "<tr><td>Lift</td><td>Yes</td></tr></table>",
        "<h3>Exit A</h3><table><tr><td>Wish list</td><td>Lift</td></tr></table>",
    ],
    ids=[
        *("another station", "not now", "a head that takes back", "the past above", "denied behind"),
        *("doubt in brackets", "closed cards", "another exit between", "an unknown key"),
    ],
)
def test_what_a_nearer_context_takes_back_is_not_read(html: str) -> None:
    assert published(html) == set()


def test_a_lower_head_that_speaks_of_something_else_is_not_what_the_upper_one_says() -> None:
    html = (
        "<table><tr><th rowspan=2>Exit</th><th colspan=2>Barrier-free access</th></tr>"
        "<tr><th>Lift</th><th>Ramp</th></tr><tr><td>A</td><td>●</td><td>●</td></tr></table>"
    )
    assert published(html) == {"A lift"}


@pytest.mark.parametrize("head", ["Avoid", "Withdrawn", "Far away", "Cost ($)", "Phone", "Incorrect"])
@pytest.mark.parametrize(
    "form",
    [
        _table("Exit | {head}", "A | 59049"),
        _table("Key | Exit A | Exit B", "{head} | 59049 | 59041"),
        "<h3>Exit A</h3><table><tr><td>{head}</td><td>59049</td></tr></table>",
    ],
    ids=["a column", "a row below exits", "a row of an exit's own table"],
)
def test_a_number_below_a_head_that_may_turn_it_round_is_no_stop(form: str, head: str) -> None:
    assert published(form.format(head=head)) == set()


@pytest.mark.parametrize(
    "answer", ["N/A", "n/a", "A: no", "A: ✗", "A –", "A: –", "A: 2028", "Exit A:", "Exit A: nil"]
)
@pytest.mark.parametrize("head", ["Where", "Exits"])
def test_a_thing_is_not_at_exits_of_which_its_row_says_no_or_nothing(head: str, answer: str) -> None:
    assert published(_table(f"Facility | {head}", f"Lift | {answer}", "Lift | Exit B")) == {"B lift"}


@pytest.mark.parametrize(
    "html",
    [
        _table("Facility | Exit A | Exit B", "Lift | n/a | Yes"),
        "<ul><li>Escalator (Exit N/A)</li><li>Escalator: N/A</li><li>Lift: Exit B</li></ul>",
        "<h3>Exit B</h3><ul><li>Lift</li><li>59049: N/A</li></ul>",
    ],
    ids=["a column of exits", "entries", "a key"],
)
def test_not_applicable_is_no_pair_of_exits(html: str) -> None:
    assert published(html) == {"B lift"}


@pytest.mark.parametrize(
    "head", ["Wish list", "Avoid", "Complaints", "Elsewhere", "Common mistakes", "Opposite"]
)
@pytest.mark.parametrize("entry", ["Lift", "59049", "Golden Mall", "Step-free: Yes"])
@pytest.mark.parametrize(
    "form",
    [
        "<h3>Exit A</h3><ul><li>{head}<ul><li>{entry}</li></ul></li></ul>",
        "<ul><li>Exit A<ul><li>{head}<ul><li>{entry}</li></ul></li></ul></li></ul>",
        "<h3>Exit A</h3><dl><dt>{head}</dt><dd>{entry}</dd></dl>",
    ],
    ids=["below a heading", "below an entry", "below a term"],
)
def test_entries_below_one_that_may_turn_them_round_are_not_read(form: str, entry: str, head: str) -> None:
    assert published(form.format(head=head, entry=entry)) == set()


@pytest.mark.parametrize("head", ["Connections", "Overview", "Level 1"])
def test_entries_below_one_that_turns_nothing_round_are_read(head: str) -> None:
    html = f"<h3>Exit A</h3><ul><li>{head}<ul><li>Lift</li><li>59049: 39</li></ul></li></ul>"
    assert published(html) == {"A lift", "A 59049"}


@pytest.mark.parametrize("lead", ["From", "Next to", "Unlike", "Via", "Between Exit A and"])
def test_words_that_tell_a_way_by_an_exit_do_not_head_what_it_has(lead: str) -> None:
    below = f"<ul><li>{lead} Exit B<ul><li>Lift</li><li>59049</li></ul></li></ul>"
    assert published(f"<h3>Exit A</h3>{below}") == set()


@pytest.mark.parametrize(
    "lead",
    ["Elsewhere", "Across the road:", "Khatib:", "Complaints", "All exits except A", "Next to Exit B:"],
)
def test_a_lead_within_an_exit_that_may_turn_round_its_list_is_not_read_with_it(lead: str) -> None:
    html = f"<h3>Exit A</h3><p>{lead}</p><ul><li>Lift</li><li>59049</li><li>Golden Mall</li></ul>"
    assert published(html) == set()


@pytest.mark.parametrize("lead", ["Overview", "Nearest bus stops:", "At Exit A"])
def test_a_lead_that_turns_nothing_round_is_read_with_its_list(lead: str) -> None:
    assert published(f"<h3>Exit A</h3><p>{lead}</p><ul><li>59049</li></ul>") == {"A 59049"}


@pytest.mark.parametrize("head", ["Wish list", "Complaints", "Petition", "Common mistakes"])
@pytest.mark.parametrize(
    "form",
    [
        "<h3>Exit A</h3><h4>{head}</h4><ul><li>Lift</li><li>59049</li></ul>",
        "<h3>Exit A</h3><table><tr><th colspan=2>{head}</th></tr><tr><td>Lift</td><td>Yes</td></tr></table>",
        "<h3>Exit A</h3><table><caption>{head}</caption><tr><td>Lift</td><td>Yes</td></tr></table>",
    ],
    ids=["a heading", "a row across a table", "a caption"],
)
def test_what_stands_below_a_head_within_an_exit_that_may_turn_it_round_is_not_read(
    form: str, head: str
) -> None:
    assert published(form.format(head=head)) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "Does Exit A lead to Golden Mall?",
        "Signs wrongly say that Exit A leads to Golden Mall.",
        "In the film, Exit A leads to Golden Mall.",
        "When it opens, Exit A leads to Golden Mall.",
        "Exit A (Khatib) leads to Golden Mall.",
        "At Khatib, Exit A leads to Golden Mall.",
    ],
)
@pytest.mark.parametrize(
    "form",
    ["<p>{0}</p>", "<ul><li>{0}</li></ul>", _table("Exit | Remarks", "A | {0}", "B | ")],
    ids=["a paragraph", "an entry", "a cell"],
)
def test_a_sentence_that_asks_or_reports_or_is_of_another_station_tells_nothing(
    form: str, sentence: str
) -> None:
    assert published(form.format(sentence)) == set()


@pytest.mark.parametrize("lead", ["", "Also, "])
def test_a_sentence_that_tells_where_an_exit_leads_is_read(lead: str) -> None:
    assert published(f"<p>{lead}Exit A leads to Golden Mall.</p>") == {"A Golden Mall"}


@pytest.mark.parametrize("entry", ["Photo 59049.jpg", "59049.50", "Bus stop 59049 has moved"])
def test_a_part_of_a_longer_number_or_a_stop_that_has_moved_is_none(entry: str) -> None:
    assert published(f"<h3>Exit A</h3><ul><li>{entry}</li><li>59041</li></ul>") == {"A 59041"}


def test_an_exit_that_its_row_says_opens_in_a_later_year_has_nothing_yet() -> None:
    html = _table("Exit | Opened | Lift", "A | 2027 | Yes", "B | 1988 | Yes")
    assert published(html) == {"B lift"}


def test_lines_of_a_paragraph_that_have_keys_are_each_read_by_their_own() -> None:
    html = "<h3>Exit A</h3><p>Access: Escalator<br>Bus stop: 59049 (Ai Tong Sch)<br>Near: Golden Mall</p>"
    assert published(html) == {"A escalator", "A 59049", "A Golden Mall"}


@pytest.mark.parametrize(
    ("lead", "is_read"),
    [
        ("The exits are as follows. A lift for Exit C was asked for, but none has come.", True),
        ("The station (formerly Yishun Green) lies below Yishun Avenue 2.", True),
        ("The exits are as follows. None of them is open.", False),
        ("The following exits are planned.", False),
        ("The exits are listed below. They were never built.", False),
    ],
)
def test_only_what_a_lead_says_of_all_that_it_leads_to_takes_it_back(lead: str, *, is_read: bool) -> None:
    html = f"<p>{lead}</p>" + _table("Exit | Lift", "A | Yes", "B | No")
    assert published(html) == ({"A lift"} if is_read else set())


@pytest.mark.parametrize(
    ("remark", "is_read"),
    [
        ("Ai Tong Sch", True),
        ("Sri Mariamman Tp", True),
        ("Sant Ritz", True),
        ("Not Served", False),
        ("Service Shifted", False),
        ("Ai Tong OOS", False),
        ("ai tong", False),
    ],
)
def test_a_stop_has_its_name_in_brackets_and_a_remark_is_none(remark: str, *, is_read: bool) -> None:
    html = f"<h3>Exit A</h3><ul><li>Bus stops: 59049 ({remark})</li></ul>"
    assert published(html) == ({"A 59049"} if is_read else set())


def test_a_stop_named_after_one_exit_is_of_all_that_its_row_names() -> None:
    html = _table("Bus stop | Services | Exits", "59049 Yishun Stn Exit B | 39 | A, B")
    assert published(html) == {"A 59049", "B 59049"}


@pytest.mark.parametrize(
    "html",
    [
        "<h3>Platforms</h3><ul><li>Platform A: North South Line, next station Khatib</li></ul>",
        _table("Platform | Towards", "A | Next station: Khatib", "B | Next station: ???"),
        "<ul><li>Platforms<ul><li>A → Marina South Pier</li></ul></li></ul>",
        "<p>Platforms: A – southbound, next station Khatib · B – northbound</p>",
        _table("月台 | 方向", "A | 往滨海南码头 (Marina South Pier)"),
    ],
    ids=["an entry", "a cell", "entries below a key", "a line with dots", "a name in brackets"],
)
def test_the_next_station_tells_which_way_trains_go_where_nothing_else_does(html: str) -> None:
    assert published(html) == {"* A>NS28"}


@pytest.mark.parametrize("said", ["next station was Khatib", "not to Marina South Pier", "from Khatib"])
def test_a_station_that_trains_come_from_or_do_not_go_to_is_no_direction(said: str) -> None:
    assert published(f"<h3>Platforms</h3><ul><li>Platform A: {said}</li></ul>") == set()


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>Lifts</td><td>near Exit A</td></tr>"
        "<tr><td>Bus stops</td><td>59049 (Exit A), 59041 (Exits A and B)</td></tr></table>",
        "<ul><li>Lift: at Exit A; platform to concourse</li>"
        "<li>Bus stops: 59049 (Exit A), 59041 (Exits A and B)</li></ul>",
        "<dl><dt>Lifts</dt><dd>near Exit A</dd><dt>59049 Yishun Stn Exit A</dt><dd>Exit A. 39, 85</dd>"
        "<dt>59041 Opp Stn</dt><dd>Exits A and B</dd></dl>",
    ],
    ids=["a table of keys", "entries with keys", "terms"],
)
def test_each_thing_of_a_list_may_name_its_own_exits(html: str) -> None:
    assert published(html) == {"A lift", "A 59049", "A 59041", "B 59041"}


@pytest.mark.parametrize(
    "answer",
    ["not near Exit A", "near Exit A (planned)", "near Khatib Exit A", "opposite Exit A", "tiada", "Exit A?"],
)
def test_a_thing_is_not_at_an_exit_that_a_remark_takes_back(answer: str) -> None:
    assert published(f"<table><tr><td>Lifts</td><td>{answer}</td></tr></table>") == set()


def test_what_one_reaches_from_an_exit_stands_below_a_heading_that_says_so() -> None:
    assert published("<h2>From Exit A</h2><ul><li>59049</li><li>Golden Mall</li></ul>") == {
        "A 59049",
        "A Golden Mall",
    }


@pytest.mark.parametrize("road", ["Still Rd South", "Yishun Ave 2", "Buangkok East Drive"])
def test_a_road_is_no_place_that_one_goes_to(road: str) -> None:
    assert published(_table("Exit | Landmarks", f"A | {road}", "B | Golden Mall")) == {"B Golden Mall"}


@pytest.mark.parametrize(
    ("words", "is_read"),
    [
        ("wheelchair toilet", True),
        ("toilet with wheelchair access", True),
        ("toilet", False),
        ("no toilet for wheelchairs", False),
    ],
)
def test_a_toilet_counts_if_it_is_said_to_be_for_wheelchairs(words: str, *, is_read: bool) -> None:
    assert published(f"<h3>Exit A</h3><ul><li>Access: {words}</li></ul>") == (
        {"A accessible_toilet"} if is_read else set()
    )


def test_the_code_of_a_stop_is_no_date() -> None:
    assert said(_table("Exit | Bus stops", "A | 92041", "B | 82031, 92049")) == {
        "A 92041",
        "B 82031",
        "B 92049",
    }


def test_exits_on_one_of_several_floors_have_what_stands_beside_them() -> None:
    html = _table(
        "Level | What | Details",
        "L1 | Exit A | Lift<br>Bus stop 59049 (Yishun Stn Exit A)<br>Golden Mall",
        "L1 | Exit B | Escalator<br>Silver Plaza<br>Bronze Garden",
        "B1 | Concourse | Ticket gates",
        "B2 | Platform A | North South Line",
        "B2 | Platform B | North South Line",
    )
    assert published(html) == {
        "A lift",
        "A 59049",
        "A Golden Mall",
        "B escalator",
        "B Silver Plaza",
        "B Bronze Garden",
    }


@pytest.mark.parametrize("remark", ["that's incorrect", "this is wrong", "a mistaken belief"])
def test_what_a_sentence_calls_wrong_is_not_read(remark: str) -> None:
    assert published(f"<p>Bus stop 59049 is listed at Exit A in some apps - {remark}.</p>") == set()


def test_a_switch_beside_an_exit_does_not_keep_it_from_heading_what_follows() -> None:
    html = "<p>Platforms</p><p>Exit A (show/hide)</p><ul><li>Lift</li><li>Bus: 59049 (Opp Stn)</li></ul>"
    assert published(html) == {"A lift", "A 59049"}
