"""Pages typed by hand: double hyphens for dashes, capitals for headings, and items on one line."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said, table


@pytest.mark.parametrize("dash", [" -- ", " – ", " — ", ": "])
def test_a_double_hyphen_between_spaces_is_a_dash(dash: str) -> None:
    one = f"Exit A{dash}Golden Mall, Silver Plaza ; bus stop 59049 (Opp Stn), 59041 ; lift"
    other = f"<b>Exit B</b>{dash}<a>Zorba</a> ; escalator only"
    found = {"A Golden Mall", "A Silver Plaza", "A 59049", "A 59041", "A lift", "B Zorba", "B escalator"}
    assert published(f"<p><b>EXITS:</b></p><ul><li>{one}<li>{other}</ul>") == found


@pytest.mark.parametrize(
    "item",
    [
        "Exit A -- closed",
        "Exit A -- Golden Mall -- demolished",
        "Exit A -- Golden Mall -- not yet open",
        "Exit A -- no lift",
        "Exit A: Lift --",
    ],
)
def test_what_a_double_hyphen_sets_off_may_still_retract(item: str) -> None:
    assert published(f"<h2>Exits</h2><ul><li>{item}</li></ul>") == set()


@pytest.mark.parametrize("key", ["PLATFORMS", "Platforms", "TRAINS"])
def test_a_key_in_capitals_heads_platforms_as_any_other(key: str) -> None:
    trains = "A -- to Jurong East ; B -- to Marina South Pier"
    assert published(f"<p><b>{key}:</b> {trains}</p>") == {"* A>NS1", "* B>NS28"}
    assert published(f"<p><b>FUTURE {key}:</b> {trains}</p>") == set()


@pytest.mark.parametrize("exits", ["B", "A/B"])
@pytest.mark.parametrize("dash", ["–", "-"])
def test_the_services_behind_a_stop_named_after_an_exit_are_no_entry_of_that_exit(
    exits: str, dash: str
) -> None:
    stops = f"59049 Yishun Stn Exit {exits} {dash} 39, 85", f"59041 Blk 1 {dash} 812"
    read = {"C 59049", "C 59041"}
    assert published(table("Exit | Stops", f"C | {'<br>'.join(stops)}")) == read
    assert "C 59041" not in published(table("Exit | Stops", f"C | Stn Exit {exits} {dash} 59041"))
    entry = f"59049 {dash} 39<br>Exit {exits} {dash} 59041"
    assert "C 59041" not in published(table("Exit | Stops", f"C | {entry}"))


@pytest.mark.parametrize(
    ("bracket", "is_read"),
    [
        ("ex Silver Plaza", True),
        ("<i>Masjid Emas</i>", True),
        ("Tokong Emas", True),
        ("ex mall", False),
        ("Masjid Closed", False),
        ("ex", False),
    ],
)
def test_a_place_s_former_or_malay_name_in_brackets_takes_nothing_back(bracket: str, is_read: bool) -> None:
    expected = {"A Golden Mall", "A Zorba Park"} if is_read else {"A Zorba Park"}
    words = f"Golden Mall ({bracket})"
    assert published(table("Exit | Places", f"A | {words}<br>Zorba Park")) == expected
    assert published(f"<h2>Exits</h2><h3>Exit A</h3><ul><li>{words}</li><li>Zorba Park</li></ul>") == expected


@pytest.mark.parametrize("exits", [", Exit A.", " (Exit A).", " – Exit A."])
@pytest.mark.parametrize(
    ("remark", "is_read"),
    [
        ("Two storeys of cafés in a row of shophouses.", True),
        ("Open 05:00–24:00.", True),
        ("Closed since 2022.", False),
        ("Moved to Exit B.", False),
        ("Not to be missed, but gone.", False),
        ("Opens in 2029.", False),
        ("Across the road.", False),
        ("Ten minutes by bus.", False),
        ("Demolition began in May.", False),
        ("Reopens next year.", False),
        ("Nearer to Khatib.", False),
    ],
)
def test_a_listing_names_a_place_its_exit_and_what_is_there(exits: str, remark: str, is_read: bool) -> None:
    listing = f"<ul><li><b>Golden Mall</b>{exits} {remark}</li><li>Zorba Park, Exit B. Lawns.</li></ul>"
    expected = {"A Golden Mall", "B Zorba Park"} if is_read else {"B Zorba Park"}
    assert published(f"<h2>See</h2>{listing}") == expected


def test_a_listing_of_a_lift_or_of_several_exits_is_not_read() -> None:
    assert published("<h2>Facilities</h2><ul><li>Lift, Exit A. It often breaks.</li></ul>") == set()
    assert published("<h2>See</h2><ul><li>Golden Mall, Exit A or Exit B. Shops.</li></ul>") == set()
    assert published("<h2>See</h2><ul><li>Golden Mall, Exit A, Zorba Park, Exit B</li></ul>") <= {
        "B Zorba Park"
    }


@pytest.mark.parametrize("mark", [".", ":"])
@pytest.mark.parametrize(
    ("key", "entries", "expected"),
    [
        ("By bus", "Exit A: stop 59049 (Opp Stn). Exit B: stop 59041.", {"A 59049", "B 59041"}),
        ("Getting up", "Exit A: lift. Exit B: escalator.", {"A lift", "B escalator"}),
        ("Getting up", "Exit A: lift. Out of order. Exit B: escalator.", {"B escalator"}),
        ("Getting up", "Exit A: lift (planned). Exit B: escalator.", {"B escalator"}),
        ("Bus stops", "Exit A – 59049. Exit B – 59041.", {"A 59049", "B 59041"}),
        ("Bus stop no.", "Exit A: 59049. Exit B: 59041.", {"A 59049", "B 59041"}),
        ("See", "Exit A: Golden Mall. Exit B: Zorba Park.", {"A Golden Mall", "B Zorba Park"}),
        ("See", "Exit A: Golden Mall, closed. Exit B: Zorba Park.", set()),
        ("Planned lifts", "Exit A: yes. Exit B: yes.", set()),
    ],
)
def test_a_key_with_a_full_stop_heads_the_exits_behind_it(
    key: str, entries: str, expected: set[str], mark: str
) -> None:
    assert published(f"<h2>Get in</h2><ul><li><b>{key}{mark}</b> {entries}</li></ul>") == expected


def test_the_one_station_with_a_small_letter_is_a_goal_of_trains() -> None:
    trains = "<b>A</b> – next train to Haw Par Villa; <b>B</b> – next train to one-north (CC23)."
    assert said(f"<p>Platforms: {trains}</p>") == {"* A>Haw Par Villa", "* B>one-north"}
    assert said(f"<p>Platforms: {trains.replace('next train', 'not')}</p>") == set()


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("59049 — Opp Blk 1 (Exit B): 3, 34, 117M", {"B 59049"}),
        ("59049 Opp Blk 1 (Exit B) – 39", {"B 59049"}),
        ("59049 — Opp Blk 1 (Exits A and B): 3/34", {"A 59049", "B 59049"}),
        ("59049 — Opp Blk 1 (near Exit B): 3", set()),
        ("59049 — Opp Blk 1 (Exit B closed): 3", set()),
        ("59049 — Khatib (Exit B): 3", set()),
        ("59049 — Opp Blk 1 (Exit B): passengers", set()),
    ],
)
def test_a_stop_with_its_exit_and_services_says_by_itself_what_it_is(item: str, expected: set[str]) -> None:
    assert published(f"<p>Yishun is a station.</p><ul><li>{item}</li><li>Taxi stand</li></ul>") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Trains from platform A go on to Jurong East", {"* A>NS1", "* B>NS28"}),
        ("Trains are frequent; A is for Jurong East", {"* B>NS28"}),
        ("Passengers from the bus stop go home", set()),
        ("Trains from platform A once went to Jurong East", {"* B>NS28"}),
        ("Trains from platform A do not go to Jurong East", {"* B>NS28"}),
    ],
)
def test_trains_of_two_platforms_may_be_told_in_one_sentence(words: str, expected: set[str]) -> None:
    for verb in ("run to", "go on to", "to"):
        assert published(f"<p>{words}; those from platform B {verb} Marina South Pier.</p>") == expected
    assert "* B>NS28" not in published(
        f"<p>{words}; those from platform B once ran to Marina South Pier.</p>"
    )
