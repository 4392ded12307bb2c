"""The page as bytes: what may run in it, what cannot get out of its block of data, and that it is whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.report import REPORT_FILE, render_report
from mrt_pipeline.report.page import ASSETS, SCRIPTS, embed
from tests.fakes.manifests import make_manifest
from tests.fakes.network_builder import SMALL_NETWORK, make_dataset
from tests.unit.report.page_scenes import enriched_dataset, hostile_dataset

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
WAYS_TO_MARKUP = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "Function(",
    "setTimeout(",
)


def render(dataset: Any = None) -> str:
    """Return a page as text."""
    return render_report(dataset or make_dataset(), make_manifest(), None, SMALL_NETWORK).decode()


def inline(page: str, tag: str) -> str:
    """Return what stands in the page's only element of a kind without attributes."""
    [text] = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return str(text)


def policy(page: str) -> dict[str, str]:
    """Return the page's Content-Security-Policy by directive."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    parts = (part.strip().partition(" ") for part in found[1].split(";"))
    return {name: value for name, _, value in parts}


def test_the_report_is_called_report() -> None:
    assert REPORT_FILE == "report.html"


def test_equal_inputs_give_equal_bytes() -> None:
    assert render(enriched_dataset()) == render(enriched_dataset())


def test_nothing_is_allowed_but_the_pages_own_style_and_script() -> None:
    page = render()
    allowed = policy(page)
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        digest = hashlib.sha256(inline(page, tag).encode()).digest()
        assert allowed.pop(directive) == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert allowed == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_policy_comes_before_anything_it_is_to_hold_for() -> None:
    page = render()
    assert page.index("Content-Security-Policy") < min(
        page.index("<style"), page.index("<script"), page.index("<link")
    )


def test_every_script_is_in_the_page_and_none_is_left_over() -> None:
    assert sorted(SCRIPTS) == sorted(path.name for path in ASSETS.glob("*.js"))
    script = inline(render(), "script")
    for name in SCRIPTS:
        assert (ASSETS / name).read_text("utf-8") in script


def test_no_two_parts_of_the_page_have_one_id() -> None:
    ids = re.findall(r' id="([^"]+)"', (ASSETS / "report.html").read_text(encoding="utf-8"))
    assert sorted(ids) == sorted(set(ids))


def test_no_place_of_the_frame_is_left_unfilled() -> None:
    assert "@@" not in render()


@pytest.mark.parametrize("way", WAYS_TO_MARKUP)
def test_no_script_turns_text_into_markup_or_code(way: str) -> None:
    assert way not in inline(render(), "script")


def test_the_page_names_no_address_to_load_from() -> None:
    """A namespace is a name, and is not fetched; a map by others is opened by whoever follows its link."""
    frame = render().replace("http://www.w3.org/2000/svg", "")
    for address in ("https://www.onemap.gov.sg/?", "https://www.openstreetmap.org/?"):
        assert frame.count(f"link(`{address}") == 1
        frame = frame.replace(address, "")
    frame = re.sub(r'<script type="application/json".*?</script>', "", frame, flags=re.DOTALL)
    assert not re.search(r"https?://|url\(|@import|\bsrc=|import\(|fetch\(", frame)


@given(JSON)
def test_data_comes_back_as_it_was_and_holds_nothing_that_ends_its_block(data: Any) -> None:
    embedded = embed({"data": data})
    assert json.loads(embedded) == {"data": data}
    assert not re.search("[<>&\u2028\u2029]", embedded.decode())


def test_hostile_names_stay_within_the_data() -> None:
    hostile, harmless = render(hostile_dataset()), render()
    for tag in ("<script", "</script", "<img", "<svg", "<title", "</table"):
        assert hostile.count(tag) == harmless.count(tag)


def test_a_text_without_end_does_not_make_a_page_without_end() -> None:
    assert len(render(hostile_dataset())) < len(render()) + 20_000


def test_a_dataset_without_stations_has_a_report_too() -> None:
    assert "<!DOCTYPE html>" in render(make_dataset().model_copy(update={"stations": ()}))
