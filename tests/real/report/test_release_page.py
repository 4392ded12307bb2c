"""The page of a release in a real browser: axe-core, light and dark, desk and phone; without any script."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.releasing.admission import admit
from mrt_pipeline.releasing.release import release, roll_back
from tests.fakes.release_scene import NOW, TODAY, approve_as_is, get_run_of
from tests.real.report.browser import DESKTOP, PHONE, Reader, open_browser
from tests.real.report.conftest import AFTER, BEFORE
from tests.real.report.test_report_accessibility import ask_axe

pytestmark = pytest.mark.real_parts


@pytest.fixture(scope="module")
def page(report: Path) -> Path:
    """The page after two releases and two rollbacks, back and forth."""
    releases = report.parent / "releases"
    for day in (BEFORE, AFTER):
        candidate = admit(get_run_of(report.parent / day.isoformat()), TODAY)
        release(candidate, approve_as_is(candidate), releases, NOW)
    roll_back(releases, None, NOW)
    roll_back(releases, "2026.07.13", NOW)
    return releases / "index.html"


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_violation(page: Path, axe: str, size: tuple[int, int], is_dark: bool) -> None:
    with open_browser(size, is_dark=is_dark) as reader:
        reader.open(page)
        assert ask_axe(reader, axe) == []
        assert reader.complaints() == []


def test_axe_would_find_a_violation(page: Path, axe: str, reader: Reader) -> None:
    reader.open(page)
    reader.run("document.documentElement.removeAttribute('lang')")
    assert [name for name, _ in ask_axe(reader, axe)] == ["html-has-lang"]


def test_everything_is_there_without_a_script(page: Path, reader: Reader) -> None:
    with reader.without_scripts():
        reader.open(page)
        assert "184 stations" in reader.find("header").text
        assert "CC30 Keppel" in reader.find("[aria-labelledby=changes]").text


def test_every_link_to_a_file_leads_to_one(page: Path, reader: Reader) -> None:
    reader.open(page)
    links = [
        link for link in reader.find_all("main a") if str(link.get_attribute("href")).startswith("file:")
    ]
    assert len(links) > 10
    for link in links:
        assert Path(str(link.get_attribute("href")).removeprefix("file://")).is_file()


def test_a_phone_need_not_scroll_the_page_sideways(page: Path, phone: Reader) -> None:
    phone.open(page)
    assert phone.run("return document.documentElement.scrollWidth") == PHONE[0]
