"""Pages made of halves of the project's own ones, cut anywhere: many are broken HTML."""

from __future__ import annotations

from hypothesis import strategies as st

from mrt_pipeline.extraction.page_reading import ReadPage, read_html
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.network import load_network
from tests.real.wiki.render import read_rendered

PAGES = read_rendered()
NAMES = PlaceNames.of(load_network())


def mixed_pages() -> st.SearchStrategy[tuple[str, str]]:
    """Return a strategy of titles with HTML."""
    half = st.tuples(st.sampled_from(sorted(PAGES)), st.floats(0, 1))
    return st.builds(_join, half, half)


def _join(first: tuple[str, float], second: tuple[str, float]) -> tuple[str, str]:
    (title, share), (other, rest) = first, second
    html, more = PAGES[title], PAGES[other]
    return title, html[: int(share * len(html))] + more[int(rest * len(more)) :]


def read_here(html: str, title: str) -> bytes:
    """Return what this process reads in a page, in its stored form."""
    return read_html(html, title, NAMES).model_dump_json().encode()


def read_there(read: ReadPage, html: str, title: str) -> bytes:
    """Return what other processes read in a page, in its stored form."""
    return read(html, title).model_dump_json().encode()
