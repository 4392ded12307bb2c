"""The colours of the page's own style, in both schemes, as WCAG 2.2 measures their contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mrt_pipeline.report.page import ASSETS

SHEETS = [(ASSETS / name).read_text(encoding="utf-8") for name in ("base.css", "report.css")]
DARK_SCHEME = "@media screen and (prefers-color-scheme: dark)"
PAGE = (Path(__file__).parents[3] / "docs/report.md").read_text(encoding="utf-8")
TEXT, SHAPE = 4.5, 3.0
"""what success criteria 1.4.3 and 1.4.11 ask for"""
PAIRS = {
    ("--ink", "--card"): TEXT,
    ("--quiet", "--card"): TEXT,
    ("--quiet", "--paper"): TEXT,
    ("--quiet", "--sea"): TEXT,
    ("--accent", "--card"): TEXT,
    ("--error", "--error-wash"): TEXT,
    ("--warning", "--warning-wash"): TEXT,
    ("--good", "--good-wash"): TEXT,
    ("--change", "--change-wash"): TEXT,
    ("--edge", "--card"): SHAPE,
    ("--edge", "--paper"): SHAPE,
    ("--casing", "--sea"): SHAPE,
    ("--change", "--sea"): SHAPE,
    ("--accent", "--paper"): SHAPE,
    ("--accent", "--sea"): SHAPE,
}


def _variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", block))


LIGHT = _variables("".join(sheet.partition(DARK_SCHEME)[0] for sheet in SHEETS))
DARK = LIGHT | _variables("".join(sheet.partition(DARK_SCHEME)[2].partition("\n}\n")[0] for sheet in SHEETS))


def _luminance(colour: str) -> float:
    """Return relative luminance as WCAG 2.2 defines it."""
    parts = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(scheme: dict[str, str], pair: tuple[str, str]) -> float:
    dark, light = sorted(_luminance(scheme[name]) for name in pair)
    return float((light + 0.05) / (dark + 0.05))


def test_contrast_is_measured_as_wcag_has_it() -> None:
    ends = {"a": "#000000", "b": "#ffffff", "c": "#777777"}
    assert _contrast(ends, ("a", "b")) == pytest.approx(21)
    assert _contrast(ends, ("c", "b")) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(("scheme", "name"), [(LIGHT, "light"), (DARK, "dark")], ids=["light", "dark"])
def test_texts_borders_casings_and_focus_rings_have_enough_contrast(
    scheme: dict[str, str], name: str
) -> None:
    poor = {pair: _contrast(scheme, pair) for pair, least in PAIRS.items() if _contrast(scheme, pair) < least}
    assert poor == {}, name


def test_the_page_of_the_report_lists_these_figures() -> None:
    for pair, least in PAIRS.items():
        light, dark = (f"{_contrast(scheme, pair):.1f}" for scheme in (LIGHT, DARK))
        assert f"| `{pair[0]}` on `{pair[1]}` | {least:g} | {light} | {dark} |" in PAGE
