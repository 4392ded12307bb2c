"""Record how the real wiki renders the pages of this folder, for tests that run without one.

python -m tests.real.wiki.render
"""

from __future__ import annotations

import json
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

from tests.real.mediawiki import MediaWiki, read_pages, running_mediawiki

PAGES = Path(__file__).with_name("pages")
RECORDED = Path(__file__).parents[2] / "fixtures" / "fandom-wiki" / "rendered.json"


def read_rendered() -> dict[str, str]:
    """Return the recorded HTML of each page by title."""
    rendered: dict[str, str] = json.loads(RECORDED.read_text("utf-8"))
    return rendered


def render(wiki: MediaWiki, title: str) -> str:
    """Return the HTML of a page as the wiki renders it."""
    query = {"action": "parse", "page": title, "prop": "text", "format": "json", "formatversion": "2"}
    quiet = {"disablelimitreport": "1", "disableeditsection": "1", "disabletoc": "1"}
    url = wiki.base_url.removesuffix("/wiki") + "/api.php?" + urllib.parse.urlencode(query | quiet)
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - loopback
        html: str = json.load(answer)["parse"]["text"]
        return html


def main() -> None:
    """Render all pages that are neither templates nor redirects, and record them."""
    pages = read_pages(PAGES)
    titles = [title for title, text in pages.items() if not title.startswith("Template:") and text[0] != "#"]
    with tempfile.TemporaryDirectory() as folder, running_mediawiki(Path(folder)) as wiki:
        wiki.write(pages)
        rendered = {title: render(wiki, title) for title in titles}
    RECORDED.write_text(json.dumps(rendered, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
