"""Address, title and Back follow what is shown; what is not there is said, and what is near is suggested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.real.report.browser import Reader

pytestmark = pytest.mark.real_parts

TITLE = "MRT and LRT on 13 Jul 2026: report of run"


@pytest.fixture
def page(reader: Reader, report: Path) -> Reader:
    reader.open(report)
    return reader


def _address(page: Reader) -> str:
    return str(page.run("return location.hash"))


def test_back_and_forward_lead_through_list_station_and_exit(page: Reader) -> None:
    page.find("#search").send_keys("tuas link", Keys.ENTER)
    page.wait_for("#station-name")
    assert (_address(page), page.chrome.title.split(" – ")[0]) == ("#station/tuas-link", "Tuas Link")
    page.unfold(page.find(".exit[data-exit=tuas-link-ewl-B] summary"))
    page.wait_until(lambda: _address(page) == "#station/tuas-link/tuas-link-ewl-B" or None)
    assert page.find_all(".exit-symbol.chosen")
    page.chrome.back()
    page.wait_until(lambda: not page.find_all(".exit[open]"))
    assert _address(page) == "#station/tuas-link"
    page.chrome.back()
    page.wait_for("#finder")
    assert _address(page) == ""
    assert page.chrome.title.startswith(TITLE)
    page.chrome.forward()
    assert page.wait_for("#station-name").text.startswith("Tuas Link")


def test_another_part_of_the_page_leaves_the_station_open(page: Reader) -> None:
    page.find(".stop-symbol[data-slug=tuas-link]").click()
    page.wait_for("#station-name")
    page.find("#parts a[href='#changes']").click()
    page.wait_until(lambda: _address(page) == "#changes")
    assert page.find("#station-name").is_displayed()


def test_a_station_that_is_not_there_is_said_and_one_of_nearly_that_name_suggested(
    reader: Reader, report: Path
) -> None:
    reader.open(report, "#station/yishn")
    assert reader.wait_for("#unknown").text == (
        "This report has no station yishn. Search for it by name or code. Did you mean: Yishun"
    )
    reader.find("#unknown a").click()
    assert reader.wait_for("#station-name").text.startswith("Yishun")
    assert not reader.find("#unknown").is_displayed()


def test_an_exit_that_is_not_there_is_said_beside_its_station(reader: Reader, report: Path) -> None:
    reader.open(report, "#station/yishun/yishun-nsl-Z")
    assert reader.wait_for("#unknown").text.startswith("This report has no exit yishun-nsl-Z.")
    assert reader.find("#station-name").text.startswith("Yishun")


def test_a_hostile_address_stays_text(reader: Reader, report: Path) -> None:
    reader.open(report, "#station/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert "no station <img src=x onerror=alert(1)>" in reader.wait_for("#unknown").text
    assert reader.find_all("#unknown img") == []


@pytest.mark.parametrize(
    ("words", "near"),
    [("harbor front", ["HarbourFront"]), ("bukit panjng", ["Bukit Panjang"]), ("xyzzy", []), ("zz", [])],
)
def test_what_was_nearly_typed_is_suggested(page: Reader, words: str, near: list[str]) -> None:
    page.find("#search").send_keys(words)
    assert page.find("#count").text == "No matching stations."
    assert page.texts("#near a") == near


def test_a_link_is_named_by_what_it_shows(page: Reader) -> None:
    page.run("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.wait_for("#changes .links a")
    links = {
        (link.text, str(link.get_attribute("href")).partition("#")[2])
        for link in page.find_all("#changes a, #findings a")
    }
    assert ("Bedok North exit B", "station/bedok-north/bedok-north-dtl-B-north") in links
    assert not [text for text, _ in links if text.casefold().startswith("show")]


def test_exits_and_bus_stops_lead_to_maps_by_others(reader: Reader, report: Path) -> None:
    reader.open(report, "#station/tuas-link/tuas-link-ewl-A")
    links = reader.wait_for(".exit[open] .maps").find_elements("css selector", "a")
    [lat, lng] = re.findall(r"\d+\.\d+", reader.find(".exit[open] > p.quiet").text)
    assert [str(link.get_attribute("href")) for link in links] == [
        f"https://www.onemap.gov.sg/?lat={lat}&lng={lng}",
        f"https://www.openstreetmap.org/?mlat={lat}&mlon={lng}#map=19/{lat}/{lng}",
    ]
    assert [link.get_property("textContent") for link in links] == [
        "OneMap map of exit A",
        "OSM map of exit A",
    ]
    assert len(reader.find_all(".exit[open] .stops .maps a")) == 2 * len(
        reader.find_all(".exit[open] .stops tbody tr")
    )


def test_without_scripts_the_page_says_what_it_needs(report: Path, reader: Reader) -> None:
    with reader.without_scripts():
        reader.open(report)
        assert reader.find("noscript p").text.startswith("This report needs JavaScript")
