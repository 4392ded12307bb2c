"""Give the panes of a page's tabs headings with the labels of their tabs, as a reader sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.page_model import writable
from mrt_pipeline.extraction.page_noise import text_in

if TYPE_CHECKING:
    from lxml.etree import _Element

_PANES = frozenset(
    {"tabbertab", "wds-tab__content", "tabber__panel", "tab-pane", "tabcontent", "pi-section-content"}
)
_LABELS = frozenset({"wds-tabs__tab", "tabber__tab", "nav-link", "tablinks", "pi-section-tab"})
_BARS = frozenset(
    {"wds-tabs__wrapper", "wds-tabs", "tabber__header", "nav-tabs", "tabbernav", "pi-section-navigation"}
)
_TITLES = ("title", "data-title", "data-mw-tabber-title", "data-hash", "aria-label")
_LEVEL = "h6"


def head_panes(root: _Element) -> None:
    """Insert the label of its tab as a heading into each pane, and hide the tab bars."""
    for box in dict.fromkeys(pane.getparent() for pane in _of_class(root, _PANES)):
        if box is not None:
            _head_panes_of(box)


def _head_panes_of(box: _Element) -> None:
    """Add headings to the panes directly in a box; tabs nested in a pane belong to another box."""
    panes = [child for child in box if _PANES.intersection(str(child.get("class") or "").split())]
    inner = {element for pane in panes for element in pane.iter()}
    labels = [text_in(element) for element in _of_class(box, _LABELS) if element not in inner]
    is_paired = len(labels) == len(panes)
    for number, pane in enumerate(panes):
        own = next((title for name in _TITLES if (title := pane.get(name))), None)
        if title := own or (labels[number] if is_paired else None):
            heading = pane.makeelement(_LEVEL)
            heading.text, heading.tail = writable(title), writable(pane.text or "")
            if next(pane.iterancestors("aside"), None) is not None:
                heading.set("class", "pi-header")
            pane.text = None
            pane.insert(0, heading)
    for bar in list(_of_class(box, _BARS)) if is_paired else []:
        if bar not in inner:
            bar.set("hidden", "")


def _of_class(root: _Element, names: frozenset[str]) -> Iterator[_Element]:
    return (element for element in root.iter() if names.intersection(str(element.get("class") or "").split()))
