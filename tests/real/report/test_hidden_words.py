"""What a browser shows of styled words is what is read of them: no pixel tells hidden words from others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.hidden_words import HIDING, SHOWING, WORDS
from tests.real.report.browser import Reader

pytestmark = pytest.mark.real_parts

OTHER_WORDS = "MMMMMM"
_PAGE = "<!DOCTYPE html><meta charset=utf-8><body style='font-family:monospace'><p>before</p>{}<p>after</p>"
_DIFFERENCE = """
const [one, other, done] = arguments;
const pixelsOf = async (picture) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  return canvas.getImageData(0, 0, image.width, image.height).data;
};
Promise.all([pixelsOf(one), pixelsOf(other)]).then(([before, after]) => {
  done(before.reduce((most, value, at) => Math.max(most, Math.abs(value - after[at])), 0));
});
"""
LEAST_DIFFERENCE = 24
"""of a pixel's red, green or blue; less is on the screen, but nobody reads it"""


def is_shown(reader: Reader, folder: Path, html: str) -> bool:
    """Return whether a page looks different with other words of the same width in it."""
    pictures = []
    for words in (WORDS, OTHER_WORDS):
        page = folder / "page.html"
        page.write_text(_PAGE.format(html.replace(WORDS, words)), encoding="utf-8")
        reader.open(page)
        pictures.append(reader.chrome.get_screenshot_as_base64())
    if len(set(pictures)) == 1:
        return False
    reader.chrome.get("about:blank")
    return int(reader.chrome.execute_async_script(_DIFFERENCE, *pictures)) >= LEAST_DIFFERENCE


def test_a_browser_hides_what_is_not_read(reader: Reader, tmp_path: Path) -> None:
    assert [html for html in HIDING if is_shown(reader, tmp_path, html)] == []


def test_a_browser_shows_what_is_read(reader: Reader, tmp_path: Path) -> None:
    assert [html for html in SHOWING if not is_shown(reader, tmp_path, html)] == []
