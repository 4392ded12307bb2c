"""axe-core over the whole report: light and dark, desk and phone, everything folded out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.real.report.browser import DESKTOP, PHONE, Reader, open_browser

pytestmark = pytest.mark.real_parts

ADDRESSES = ("", "#station/bukit-panjang/bukit-panjang-dtl-A-south")


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_violation(report: Path, axe: str, size: tuple[int, int], is_dark: bool) -> None:
    with open_browser(size, is_dark=is_dark) as reader:
        for address in ADDRESSES:
            reader.open(report, address)
            assert violations(reader, axe) == []


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_axe_finds_none_where_access_and_wiki_evidence_are_shown(
    enriched_report: Path, axe: str, is_dark: bool
) -> None:
    with open_browser(is_dark=is_dark) as reader:
        reader.open(enriched_report, "#station/yishun/yishun-nsl-B")
        assert violations(reader, axe) == []


def test_axe_would_find_a_violation(report: Path, axe: str, reader: Reader) -> None:
    reader.open(report)
    reader.run("document.querySelector('label[for=search]').remove()")
    assert [name for name, _ in violations(reader, axe)] == ["label"]


def violations(reader: Reader, axe: str) -> list[Any]:
    """Return name and elements of each violation, with all folds open."""
    for _ in range(2):  # folds within folds are made when the outer one opens
        reader.run("for (const fold of document.querySelectorAll('details')) fold.open = true")
        reader.wait_for("#map")
    return ask_axe(reader, axe)


def ask_axe(reader: Reader, axe: str) -> list[Any]:
    """Return name and elements of each violation of a page as it is."""
    # Not as a script of the page, which its policy forbids.
    reader.chrome.execute_cdp_cmd("Runtime.evaluate", {"expression": f"{axe};0"})
    found = reader.chrome.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((result) => "
        "done(result.violations.map((one) => [one.id, one.nodes.map((node) => node.html)])))"
    )
    return list(found)
