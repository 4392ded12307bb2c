"""Tell a page that the wiki could not show whole from one that it could.

MediaWiki answers with status 200 and whatever it has got when a script ran out of time, a template calls
itself, or a page outgrew a limit. What it then says, it says in several places, and any of them is enough:

- a box in the page, which has the class ``error``, as its own ``#iferror`` knows one, or ``scribunto-error``;
- a comment where a template or an argument was left out;
- tracking categories, parser warnings and the limit report of the parse answer.

Boxes about one footnote or one sum leave the page whole, and so do not count. Message keys and wordings are
those of MediaWiki 1.39 and Scribunto, ``languages/i18n/en.json``; classes and comments are the same in every
language.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from mrt_pipeline.runtime.texts import excerpt

MAX_SHOWN_CHARS = 120
PARTS = "categories|parsewarnings|limitreportdata"
"""what of a parse answer, besides its text, says that something went wrong"""


class Trouble(StrEnum):
    """Why a page is not taken as the wiki showed it."""

    EMPTY = "empty"
    """no text, although the revision has some"""
    CUT = "cut"
    """the HTML ends before its elements do"""
    ERROR = "error"
    """a box in which the wiki says that something failed"""
    LEFT_OUT = "left_out"
    """a template or an argument that grew too large is not there"""
    LIMIT = "limit"
    """the wiki reports a limit that the page outgrew"""


_LIMITS = {
    "template-loop": ("Pages with template loops", "causes a template loop"),
    "expansion-depth-exceeded": (
        "Pages where expansion depth is exceeded",
        "Page exceeded the expansion depth",
    ),
    "node-count-exceeded": ("Pages where node count is exceeded", "Page exceeded the node count"),
    "post-expand-template-inclusion": (
        "Pages where template include size is exceeded",
        "Template include size is too large",
    ),
    "post-expand-template-argument": (
        "Pages containing omitted template arguments",
        "template argument that has a too large expansion size",
    ),
    "unstrip-depth": ("Pages where unstrip depth limit is exceeded", "Unstrip depth limit exceeded"),
    "unstrip-size": ("Pages where unstrip size limit is exceeded", "Unstrip size limit exceeded"),
    "parser-unstrip-loop": ("Pages with unstrip loops", "Unstrip loop detected"),
    "parser-template-recursion-depth": (
        "Pages where template recursion depth is exceeded",
        "Template recursion depth limit exceeded",
    ),
    "scribunto-common-error": ("Pages with script errors", "Script error"),
}
"""message key to the tracking category (its key ends in ``-category``) and words of the warning"""

_REPORTED = {
    "limitreport-ppvisitednodes",
    "limitreport-unstrip-depth",
    "limitreport-unstrip-size",
    "scribunto-limitreport-timeusage",
    "scribunto-limitreport-memusage",
}
"""pairs of the limit report, used and allowed; of others, using all that is allowed may be harmless"""

_LEFT_OUT = re.compile(r"<!--\s*WARNING:\s*(?:template|argument) omitted[^>]*-->", re.IGNORECASE)
_BOX = re.compile(
    r"""<(?P<tag>strong|span|p|div)\b[^>]*?\sclass=["'](?P<classes>[^"']*\berror\b[^"']*)["'][^>]*>"""
)
_ERROR_CLASSES = frozenset({"error", "scribunto-error"})
_OF_A_FOOTNOTE = frozenset({"mw-ext-cite-error", "mw-ext-cite-warning", "citation-comment"})
_OF_A_VALUE = re.compile(
    r"Expression error|Division by zero|Invalid argument for|In \S+: Result is|Error: (?:Invalid|Too many"
    r"|#time|String exceeds)|Warning: (?:Default sort key|Display title)"
)
"""messages of ParserFunctions (``pfunc_…``), and two of the core, about one computed value"""
_TAG = re.compile(r"<[^>]*>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CLOSED = ("div", "table", "ul", "ol", "dl", "h2", "h3", "h4")
"""elements that no HTML leaves open"""
_SHELL = re.compile(r"(?:</?(?:div|p|br)\b[^>]*>|<!--.*?-->|&nbsp;|&#160;|\s)*", re.IGNORECASE | re.DOTALL)


def find_trouble(html: str, answer: Mapping[str, Any] | None = None) -> tuple[Trouble, str] | None:
    """Return what is wrong with a page as the wiki showed it, and the words that show it.

    Args:
        html: the page.
        answer: what else the parse answer says of it, as far as it is known.
    """
    return next(_troubles(html, answer or {}), None)


def is_blank(html: str) -> bool:
    """Return whether a page shows nothing at all."""
    shell = _SHELL.match(html)
    return shell is not None and shell.end() == len(html)


def is_blank_source(wikitext: str) -> bool:
    """Return whether a page's source shows nothing: comments, categories and switches at most."""
    shown = _COMMENT.sub("", wikitext)
    return not re.sub(r"\[\[\s*Category\s*:[^\]]*\]\]|__[A-Z]+__|\{\{DEFAULTSORT:[^}]*\}\}|\s", "", shown)


def _troubles(html: str, answer: Mapping[str, Any]) -> Iterator[tuple[Trouble, str]]:
    for words in _boxes(html):
        yield Trouble.ERROR, words
    if match := _LEFT_OUT.search(html):
        yield Trouble.LEFT_OUT, excerpt(match.group().strip("<!->"), MAX_SHOWN_CHARS)
    for key in _reported_limits(answer):
        yield Trouble.LIMIT, key
    if end := _cut_end(html):
        yield Trouble.CUT, end


def _boxes(html: str) -> Iterator[str]:
    """Yield the words of each box that says that something failed."""
    if "error" not in html:
        return
    for box in _BOX.finditer(html):
        classes = frozenset(box["classes"].split())
        words = _words_behind(html, box.end(), box["tag"])
        is_known = classes & _OF_A_FOOTNOTE or _OF_A_VALUE.match(words)
        if classes & _ERROR_CLASSES and not is_known:
            yield excerpt(words, MAX_SHOWN_CHARS)


def _words_behind(html: str, start: int, tag: str) -> str:
    end = html.find(f"</{tag}", start)
    stretch = html[start : start + 1000 if end < 0 else min(end, start + 1000)]
    return " ".join(entities.unescape(_TAG.sub("", stretch)).split())


def _reported_limits(answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield the message key of each limit that the answer says was exceeded."""
    categories = {_folded(text) for text in _texts(answer.get("categories"), "category")}
    warnings = [*_texts(answer.get("parsewarnings")), *_texts(answer.get("parsewarningshtml"))]
    told = _folded(" ".join(warnings))
    for key, (category, words) in _LIMITS.items():
        if _folded(category) in categories or _folded(words) in told or f"{key}-warning" in told:
            yield key
    for item in _items(answer.get("limitreportdata")):
        if item.get("name") in _REPORTED and _is_exceeded(item.get("0"), item.get("1")):
            yield str(item["name"])


def _is_exceeded(used: object, allowed: object) -> bool:
    try:
        return float(str(used)) > float(str(allowed)) > 0
    except ValueError:
        return False


def _cut_end(html: str) -> str | None:
    """Return the last words of HTML that ends within an element, which MediaWiki always closes."""
    rest = _COMMENT.sub("", html) if "<!--" in html else html
    is_open = any(rest.count(f"<{tag}") > rest.count(f"</{tag}>") for tag in _CLOSED)
    is_in_tag = rest.rfind("<") > rest.rfind(">")
    return excerpt(rest[-40:], MAX_SHOWN_CHARS) if is_open or is_in_tag else None


def _texts(listed: Any, key: str = "") -> Iterator[str]:
    if isinstance(listed, list):
        for item in listed:
            found = item.get(key) if isinstance(item, dict) else item
            if isinstance(found, str):
                yield found


def _items(listed: Any) -> Iterable[Mapping[str, Any]]:
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _folded(text: str) -> str:
    words = _TAG.sub("", text).replace("_", " ").casefold().split()
    return " ".join(word for word in words if word != "the")
