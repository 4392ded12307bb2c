"""What a sentence says is not open, an exit or the station, has nothing published, wherever it stands."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import handed_on, published, table

HTML = "<h2>Exits</h2>" + table("Exit | Lift", "A | Yes", "B | Yes")
PLATFORMS = "<h2>Platforms</h2>" + table("Platform | Towards", "A | Marina South Pier")


@pytest.mark.parametrize(
    "sentence",
    [
        "Exit A is closed until 2027.",
        "Exit A is under construction.",
        "Currently, Exit A (to Yishun Avenue 2) is temporarily closed.",
        "Exit A, which leads to Northpoint City, is not open yet.",
        "Exit B is open and Exit A is being built.",
        "Exit A has not yet been opened.",
        "Exit A will open in 2027.",
        "Exit A is not accessible until 2027.",
        "Exit A: closed",
        "Exit A (closed)",
    ],
)
def test_an_exit_that_a_sentence_calls_closed_has_nothing_published(sentence: str) -> None:
    for html in (f"<p>{sentence}</p>{HTML}", f"{HTML}<h2>Trivia</h2><ul><li>{sentence}</li></ul>"):
        assert published(html) == {"B lift"}
    assert published(table("Exit | Lift | Notes", f"A | Yes | {sentence}", "B | Yes | ")) == {"B lift"}
    assert published(f"{HTML}<h3>{sentence}</h3>") == {"B lift"}
    assert published(f"{HTML}<div class='ambox'>{sentence}</div>") == {"B lift"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Yishun station is closed.",
        "The station is currently under construction.",
        "Note: Yishun MRT Station is not open yet.",
        "The exits are planned.",
    ],
)
def test_a_station_that_a_sentence_calls_closed_has_nothing_published(sentence: str) -> None:
    assert published(f"{HTML}{PLATFORMS}<p>{sentence}</p>") == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "If Exit A is closed, use Exit B.",
        "Khatib station is closed. At Khatib, Exit A is closed.",
        "A mall at Exit A is planned.",
        "The station is built underground, and the station is planned to have another exit.",
        "The station is closed from 1am to 5am.",
        "Exit A is not wheelchair-accessible. Exit A was closed in 2010.",
        "The carpark exit A is closed.",
    ],
)
def test_a_sentence_about_something_else_closes_no_exit(sentence: str) -> None:
    assert {"A lift", "B lift"} <= published(f"{HTML}<p>{sentence}</p>")


def test_what_is_closed_below_another_stations_heading_is_that_stations() -> None:
    below = "<h3>Khatib</h3><p>Exit A is closed.</p>"
    assert published(HTML + below) == {"A lift", "B lift"}


def test_nothing_that_names_a_closed_exit_is_handed_on() -> None:
    unread = "<p>Exit A is by the pond.</p>"
    assert handed_on(unread) != []
    for sentence in ("Exit A is closed.", "The station is closed."):
        assert handed_on(f"{unread}<h2>Trivia</h2><p>{sentence}</p>") == []


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("Does this exit have an accessible toilet? Unsure.", {"A lift"}),
        ("Is there an escalator? Unsure.", {"A lift"}),
        ("Closed?", set()),
        ("In use? Unsure.", set()),
    ],
)
def test_a_question_about_a_thing_does_not_close_the_exit(line: str, facts: set[str]) -> None:
    assert published(f"<h2>Exits</h2><dl><dt>Exit A</dt><dd>Lift</dd><dd>{line}</dd></dl>") == facts


@pytest.mark.parametrize(
    "sentence",
    [
        "Exit A is no longer step-free.",
        "Since 2024, Exit A has not been step-free.",
        "Exit A is temporarily not step-free.",
        "The lift at Exit A was removed in 2024.",
        "The lift at Exit A is out of service.",
        "The lift at Exit A was taken away, so use Exit B.",
    ],
)
def test_an_exit_whose_access_a_sentence_calls_gone_keeps_only_its_places(sentence: str) -> None:
    rows = table("Exit | Step-free | Landmarks", "A | Yes | Golden Mall", "B | Yes | Kinex")
    kept = {"A Golden Mall", "B yes", "B Kinex"}
    assert published(f"<h2>Exits</h2>{rows}<h2>Trivia</h2><p>{sentence}</p>") == kept
    assert published(f"<p>{sentence}</p><h2>Exits</h2>{rows}") == kept


@pytest.mark.parametrize(
    "sentence",
    [
        "The mural at Exit A was removed in 2024.",
        "The lift at Exit A of Khatib station was removed.",
        "The lift at Exit A was opened in 2012.",
        "Exit A has a lift.",
        "The lift was removed in 2024.",
    ],
)
def test_a_sentence_about_something_else_takes_no_access_away(sentence: str) -> None:
    assert {"A lift", "B lift"} <= published(f"{HTML}<h2>Trivia</h2><p>{sentence}</p>")


def test_an_exit_whose_lift_a_sentence_calls_gone_still_has_only_stairs() -> None:
    html = table("Exit | Access", "A | Stairs only", "B | Lift")
    gone = "<p>The lifts at Exits A and B were removed in 2019.</p>"
    assert published(f"<h2>Exits</h2>{html}{gone}") == {"A stairs_only", "A no"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Exit A was replaced by Exit C.",
        "Exit A has been renamed Exit C.",
        "Exit A is now Exit C.",
        "Exit A is used by staff only.",
        "Exit A is reserved for residents.",
        "Exit A opens only on weekdays.",
        "Exit A is only open on weekdays.",
    ],
)
def test_an_exit_that_has_another_label_or_is_not_for_everybody_has_nothing_published(sentence: str) -> None:
    assert published(f"{HTML}<p>{sentence}</p>") == {"B lift"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The station has no lifts.",
        "There are no lifts at this station.",
        "None of the exits is step-free.",
        "The station is not wheelchair-accessible.",
        "All lifts are out of service until March.",
        "The lifts are being replaced.",
    ],
)
def test_what_the_whole_station_lacks_no_exit_of_it_has(sentence: str) -> None:
    exits = "<ul><li>Exit A: lift, escalator, Golden Mall</li></ul>"
    assert {"A lift"} < published(exits)
    assert not {"A lift", "A yes"} & published(f"{exits}<p>{sentence}</p>")
    assert "A Golden Mall" in published(f"{exits}<p>{sentence}</p>")


@pytest.mark.parametrize(
    "sentence",
    [
        "The station had no lifts until 2005.",
        "The station opened without lifts in 1988.",
        "Not all exits have lifts.",
        "Khatib station has no lifts.",
        "The mall has no lifts.",
        "The station was renamed in 2010.",
        "Exit A was renovated in 2015.",
        "Exit A is for students of the Yishun School.",
    ],
)
def test_what_another_time_station_or_thing_lacks_takes_no_lift_away(sentence: str) -> None:
    assert {"A lift", "B lift"} <= published(f"{HTML}<p>{sentence}</p>")


@pytest.mark.parametrize("sentence", ["The station is wheelchair-accessible.", "All exits are step-free."])
def test_what_is_said_of_the_whole_station_is_not_of_the_last_exit_named(sentence: str) -> None:
    exits = "<ul><li>Exit A: lift</li><li>Exit B: escalator</li></ul>"
    assert published(f"{exits}<p>{sentence}</p>") == {"A lift", "B escalator"}


@pytest.mark.parametrize(
    "sentence",
    [
        *("Golden Mall was demolished in 2024.", "Golden Mall has closed.", "Golden Mall closed in 2024."),
        *("Bus stop 59049 has been removed.", "Bus stop 59049 is no longer in use."),
    ],
)
def test_a_place_or_stop_that_a_sentence_says_is_gone_is_not_published(sentence: str) -> None:
    html = table("Exit | Landmark | Bus stop", "A | Golden Mall | 59049", "B | Silver Hall | 59041")
    gone = {"A Golden Mall"} if "Mall" in sentence else {"A 59049"}
    for page in (f"{html}<p>{sentence}</p>", f"<p>{sentence}</p>{html}"):
        assert published(page) == published(html) - gone
    assert published(
        f"{html}<p>Golden Mall was opened in 2010. The Golden Mall Car Park has closed.</p>"
    ) == (published(html))
