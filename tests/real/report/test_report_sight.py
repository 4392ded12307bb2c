"""What can be seen and hit: sizes of targets, markers side by side, forced colours, paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.real.report.browser import DESKTOP, PHONE, Reader, open_browser

pytestmark = pytest.mark.real_parts

STATION = "#station/bukit-panjang/bukit-panjang-dtl-A-south"
MIN_PIXELS = 24
SMALL = """
return [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((element) => element.checkVisibility())
  .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < arguments[0] - 0.01)
  .map(([html]) => html);
"""
MARKERS = """
return [...document.querySelectorAll(".exit-symbol > rect, .stop-symbol .dot")].map((shape) => {
  const box = shape.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom, shape.tagName];
});
"""
COLOUR = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_whatever_can_be_pressed_is_24_pixels_wide_and_high(report: Path, size: tuple[int, int]) -> None:
    with open_browser(size) as reader:
        for address in ("", STATION, "#station/yishn"):
            reader.open(report, address)
            for _ in range(2):
                reader.run("for (const fold of document.querySelectorAll('details')) fold.open = true")
                reader.wait_for("#map")
            assert reader.run(SMALL, MIN_PIXELS) == []


def test_no_exit_is_covered_by_another_one_or_by_a_station(reader: Reader, report: Path) -> None:
    reader.open(report, STATION)
    for _ in range(4):  # until the exits of Bukit Panjang lie above each other
        reader.find("#zoom-out").click()
    reader.wait_for(".leaders path")
    boxes = reader.run(MARKERS)
    exits = [box for box in boxes if box[4] == "rect"]
    assert len(exits) > 15
    covered = [
        (one, other)
        for one in exits
        for other in boxes
        if other is not one
        and min(one[2], other[2]) - max(one[0], other[0]) > 0.5
        and min(one[3], other[3]) - max(one[1], other[1]) > 0.5
    ]
    assert covered == []


def test_in_forced_colours_a_pressed_button_and_the_lines_are_still_told_apart(report: Path) -> None:
    with open_browser() as reader:
        reader.chrome.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "forced-colors", "value": "active"}]}
        )
        reader.open(report)
        assert reader.run("return matchMedia('(forced-colors: active)').matches")
        reader.find("[data-line=TEL]").click()
        pressed, other = (
            reader.run(COLOUR, f"[data-line={line}]", "backgroundColor") for line in ("TEL", "NSL")
        )
        assert pressed != other
        strokes = {path.get_attribute("stroke") for path in reader.find_all(".tracks path")}
        assert len(strokes) == 7
        assert reader.run(COLOUR, ".list .code", "backgroundColor") == "rgb(157, 91, 37)"  # the line's
        assert reader.run(COLOUR, ".tracks path", "stroke") != reader.run(COLOUR, ".map", "color")


@pytest.mark.parametrize("address", ["", STATION])
def test_on_paper_the_whole_of_the_map_is_fitted_to_the_page(
    reader: Reader, report: Path, address: str
) -> None:
    reader.open(report, address)
    reader.wait_for(".names text")
    drawn = reader.wait_until(lambda: _settled_stations(reader))
    reader.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        box = reader.run("return document.querySelector('.network').getBoundingClientRect().toJSON()")
        page = reader.run("return document.documentElement.clientWidth")
        assert box["left"] >= 0 and box["right"] <= page + 1
        assert box["height"] > 200
        reader.wait_until(lambda: _seen_stations(reader) >= drawn or None)
        assert not reader.find("#finder").is_displayed()
    finally:
        reader.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def _settled_stations(reader: Reader) -> set[Any] | None:
    """Return the stations within the drawing once it no longer moves, None before."""
    before = _seen_stations(reader)
    reader.wait_for_drawing()
    return before if _seen_stations(reader) == before else None


def _seen_stations(reader: Reader) -> set[Any]:
    """Return the stations whose dots lie within the drawing."""
    return set(
        reader.run(
            "const frame = document.querySelector('.network').getBoundingClientRect();"
            "return [...document.querySelectorAll('.stop-symbol')].filter((symbol) => {"
            "const box = symbol.querySelector('.dot').getBoundingClientRect();"
            "return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top &&"
            " box.bottom <= frame.bottom; }).map((symbol) => symbol.dataset.slug)"
        )
    )
