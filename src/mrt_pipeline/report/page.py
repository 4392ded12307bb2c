"""``report.html``: one file that opens offline, in which nothing from a source is executed.

The page is a frame (``assets/report.html``) with its style, its script and the content as a block of JSON.
Only the style and the script whose hashes are in its Content-Security-Policy take effect; nothing is
loaded. The script inserts every text as text.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.network import Network, load_network
from mrt_pipeline.report.content import make_content

REPORT_FILE = "report.html"
ASSETS = Path(__file__).parent / "assets"
SCRIPTS = (
    "elements.js",
    "model.js",
    "choices.js",
    "viewport.js",
    "labels.js",
    "symbols.js",
    "spreading.js",
    "names.js",
    "pointing.js",
    "map.js",
    "reasons.js",
    "marks.js",
    "finder.js",
    "station.js",
    "checklist.js",
    "sections.js",
    "facts.js",
    "main.js",
)
"""in the order in which they are concatenated"""

_CONTENT_STARTS = b'<script type="application/json" id="content">'
_ESCAPES = ((b"<", rb"\u003c"), (b">", rb"\u003e"), (b"&", rb"\u0026"))
_ESCAPES_OF_LINES = (("\u2028".encode(), rb"\u2028"), ("\u2029".encode(), rb"\u2029"))


def render_report(
    dataset: Stage3Output,
    manifest: Manifest,
    comparison: Comparison | None = None,
    network: Network | None = None,
) -> bytes:
    """Return the report of a run; equal inputs give equal bytes.

    Args:
        dataset: the run's dataset.
        manifest: the run's manifest.
        comparison: comparison with the previous successful run's dataset; None if there was none.
        network: network with lines, colours and services; default: the package's own.
    """
    frame = _load_frame()
    content = make_content(dataset, manifest, comparison, network or load_network())
    return b"".join((frame.before, embed(content), frame.after))


def read_checklist(page: bytes) -> tuple[str, ...]:
    """Return the points of a report's checklist, in order.

    Raises:
        ValueError: if the page is not a report of this version.
    """
    content = page.partition(_CONTENT_STARTS)[2].partition(b"</script>")[0]
    try:
        return tuple(str(point["text"]) for point in orjson.loads(content)["checklist"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError("the page has no checklist") from error


def embed(content: dict[str, Any]) -> bytes:
    """Return data as JSON that can end neither its element nor a line of a script."""
    encoded = orjson.dumps(content)
    for found, replacement in (*_ESCAPES, *_ESCAPES_OF_LINES):
        encoded = encoded.replace(found, replacement)
    return encoded


@dataclass(frozen=True, slots=True)
class _Frame:
    """The page around its content, the same for every run."""

    before: bytes
    after: bytes


@cache
def _load_frame() -> _Frame:
    style = load_style(ASSETS / "report.css")
    parts = [(ASSETS / name).read_text("utf-8") for name in SCRIPTS]
    script = '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"
    page = (ASSETS / "report.html").read_text("utf-8")
    for name, text in (("POLICY", _policy(style, script)), ("STYLE", style), ("SCRIPT", script)):
        page = page.replace(f"@@{name}@@", text)
    before, after = page.split("@@CONTENT@@")
    return _Frame(before.encode(), after.encode())


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src '{hash_of(script)}'; style-src '{hash_of(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def load_style(sheet: Path) -> str:
    """Return a page's style: the shared style, then its own."""
    return (ASSETS / "base.css").read_text("utf-8") + sheet.read_text("utf-8")


def hash_of(text: str) -> str:
    """Return the hash of an inline element's text in the form of a Content-Security-Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
