"""Detect pages that the wiki could not show completely.

When a script runs out of time, a template calls itself or a page outgrows a limit, MediaWiki answers with
status 200 and whatever it has. It reports the fault in several places, any of which is enough:

- a box in the page with the class ``error``, as its own ``#iferror`` recognises one, or a similar class;
- a sentence of MediaWiki's own at the start of the page, in any element;
- a comment where a template or an argument was left out;
- tracking categories, parser warnings and the limit report, in the parse answer or in the page.

Boxes about one footnote or one formula leave the page complete, and do not count. Message keys and wordings
are those of MediaWiki 1.39 and Scribunto, ``languages/i18n/en.json``; classes and comments are the same in
every language.

If the wiki itself reports nothing, a page that is blank, or has far fewer words than the size of its revision
suggests, is compared with its source: comments, categories and switches show nothing, templates may show
anything, and most of the remaining words must be on the page.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mrt_pipeline.extraction.page_model import Heading, bounds_of
from mrt_pipeline.extraction.page_text import parse_html, read_page_text
from mrt_pipeline.runtime.safe_text import excerpt

if TYPE_CHECKING:
    from lxml.etree import _Element


SHORT_SHARE = 1 / 3
"""a page with a smaller share of its source's bytes is compared with the source; healthy pages have half
or more, except those with many comments or templates"""
WHOLE_SHARE = 1 / 2
"""share of the source's own words that a complete page shows"""
MAX_NESTED_TEMPLATES = 40

_UNSHOWN_TAGS = frozenset({"script", "style", "template", "noscript", "head"})
_SHELL_TAGS = frozenset({"html", "body", "div", "p", "br"})
_WORD = re.compile(r"[^\W_]+")
_CHAR = re.compile(r"[^\W_]")
_HEADING = re.compile(r"^=[^\n]*=[^\S\n]*$", re.MULTILINE)
_SILENT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(ref|gallery|math|style|script|templatestyles)\b[^<>]*(?:/>|>.*?(?:</\1\s*>|\Z))"
    r"|\[\[\s*(?:Category|File|Image)\s*:[^\[\]]*(?:\[\[[^\[\]]*\]\][^\[\]]*)*\]\]"
    r"|__[A-Z]+__|\{\{DEFAULTSORT:[^{}]*\}\}",
    re.IGNORECASE | re.DOTALL,
)
"""parts of a source that show no text, or text that may appear elsewhere"""
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_VALUE = re.compile(r"\|(?:[^|={}]*=)?([^|{}]*)")
_MARKUP = re.compile(
    r"\{\|[^\n]*|<[^<>]*>|\[\[[^\[\]|]*\||\[?https?://[^\s\]]+|(?<![\w-])[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
"""parts of a source's words that are not shown: attributes, addresses, targets of links"""
# Neither expression may scan the same text from many starts: a source may have 2 MiB of anything.


def is_bare(html: str) -> bool:
    """Return whether a page is what MediaWiki makes of an empty source: a wrapper without content."""
    root = parse_html(html)
    if root is None:
        return "<" in html
    return all(element.tag in _SHELL_TAGS for element in root.iter()) and not shown_words(root)


def is_blank_source(wikitext: str) -> bool:
    """Return whether a page's source shows nothing: comments, categories, images and headings at most."""
    return not _CHAR.search(_HEADING.sub("", _SILENT.sub("", wikitext)))


def is_short(html: str, size: int) -> bool:
    """Return whether a page has far fewer words than the size of its source in bytes suggests."""
    root = parse_html(html)
    shown = 0 if root is None else len(shown_words(root).encode("utf-8", "replace"))
    return shown < size * SHORT_SHARE


def shows_source(html: str, wikitext: str) -> bool:
    """Return whether a page shows the content of its source.

    Words outside templates decide, if there are any; otherwise the words passed to templates, any of which
    may appear on the page; otherwise whether the page has any word at all.
    """
    root = parse_html(html)
    shown = set() if root is None else set(_words(shown_words(root)))
    own, given = _words_of(wikitext)
    if own:
        return len(own & shown) >= WHOLE_SHARE * len(own)
    return bool(given & shown) if given else bool(shown) or is_blank_source(wikitext)


def shown_words(element: _Element) -> str:
    """Return all text within an element except scripts and styles, in one line."""
    from lxml import etree

    parts: list[str] = []
    skipped: _Element | None = None
    for event, item in etree.iterwalk(element, events=("start", "end")):
        if skipped is None and event == "start":
            if item.tag in _UNSHOWN_TAGS:
                skipped = item
            else:
                parts.append(item.text or "")
        elif event == "end" and (skipped is None or item is skipped):
            skipped = None
            parts.append((item.tail or "") if item is not element else "")
    return " ".join("".join(parts).split())


def _words_of(wikitext: str) -> tuple[set[str], set[str]]:
    """Return the source's own words, and those that it passes to templates."""
    rest = _SILENT.sub(" ", wikitext)
    given: list[str] = []
    for _ in range(MAX_NESTED_TEMPLATES):
        found = _TEMPLATE.findall(rest)
        if not found:
            break
        given += (value for call in found for value in _VALUE.findall(call))
        rest = _TEMPLATE.sub(" ", rest)
    return set(_words(_plain(rest))), set(_words(_plain(" ".join(given))))


def _plain(wikitext: str) -> str:
    return entities.unescape(_MARKUP.sub(" ", wikitext))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


MAX_SHOWN_CHARS = 120
PARTS = "categories|parsewarnings|limitreportdata"
"""parts of a parse answer, besides its text, that report faults"""


class PageFault(StrEnum):
    """Why a page is rejected."""

    EMPTY = "empty"
    """no text, although the revision has some"""
    SHORT = "short"
    """far less text than the revision has"""
    CUT = "cut"
    """the HTML ends inside an element"""
    ERROR = "error"
    """a box in which the wiki reports a failure"""
    LEFT_OUT = "left_out"
    """a template or an argument was left out because it grew too large"""
    LIMIT = "limit"
    """the wiki reports that the page exceeded a limit"""


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

_EXCEEDED = {
    "limitreport-ppvisitednodes": "Preprocessor visited node count",
    "limitreport-unstrip-depth": "Unstrip recursion depth",
    "limitreport-unstrip-size": "Unstrip post-expand size",
}
"""pairs of the limit report, used and allowed, by their names in the answer and in the page; ``used`` is one
more than ``allowed`` if another one was refused"""
_USED_UP = {
    "limitreport-postexpandincludesize": "Post-expand include size",
    "limitreport-templateargumentsize": "Template argument size",
    "scribunto-limitreport-timeusage": "Lua time usage",
    "scribunto-limitreport-memusage": "Lua memory usage",
}
"""pairs that never exceed what is allowed, since anything more is left out; for all others, reaching the
limit may be harmless"""
_REPORT = re.compile(r"<!--\s*NewPP limit report\b(.*?)(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_REPORTED = re.compile(r"^\s*([^:\n]+):\s*([\d.]+)\s*/\s*([\d.]+)", re.MULTILINE)

_LEFT_OUT = re.compile(r"<!--\s*WARNING:\s*(?:template|argument) omitted[^>]*-->", re.IGNORECASE)
_ERROR_CLASSES = frozenset(
    {"error", "errorbox", "scribunto-error", "mw-message-box-error", "cdx-message--error", "mw-error"}
)
_SENTENCES = re.compile(
    r"the time allocated for running scripts has expired|lua error\b|script error\b"
    r"|template loop detected|unstrip loop detected|(?:expansion depth|node-count|template recursion depth"
    r"|unstrip depth|unstrip size|language converter depth) limit exceeded"
    r"|(?:sorry\W+)?this (?:site|wiki) is experiencing technical difficulties"
    r"|sorry\W+the servers are overloaded|too many users are trying to view this page"
    r"|try waiting a few minutes and reloading|our servers are currently under maintenance"
    r"|\W?cannot (?:access|contact) the database|(?:a )?database (?:query )?error\b"
    r"|the database (?:is|has been) (?:currently |automatically )?locked|waiting for a database server"
    r"|mediawiki internal error|internal error\b|original exception\b|exception encountered\b"
    r"|(?:\[[^\]]*\]\W*)?(?:[^\n]{0,80}\W)?(?:caught exception of type|fatal exception of type)"
    r"|fatal error\b|(?:php )?(?:fatal|warning|notice)\W+uncaught\b|(?:http )?error\W{0,2}[45]\d\d\b"
    r"|[45]\d\d (?:service|bad|gateway|internal|backend|too many|forbidden|not found)"
    r"|service (?:is )?(?:temporarily )?unavailable|bad gateway|gateway time-?out|backend fetch failed"
    r"|too many requests|rate limit exceeded|pool queue is full|timeout waiting for the lock"
    r"|the revision #\S+ of the page named|there is currently no text in this page"
    r"|just a moment\W*(?:$|enable|checking|verify)",
    re.IGNORECASE,
)
"""what MediaWiki, or a proxy before it, shows instead of a page: ``scribunto-common-timeout``,
``template-loop-warning``, ``dberr-problems``, ``view-pool-error``, ``missing-revision`` and the like"""
_OF_A_FOOTNOTE = frozenset({"mw-ext-cite-error", "mw-ext-cite-warning", "citation-comment"})
_OF_A_VALUE = re.compile(
    r"Expression error|Division by zero|Invalid argument for|In \S+: Result is|Error: (?:Invalid|Too many"
    r"|#time|String exceeds)|Warning: (?:Default sort key|Display title)"
)
"""messages of ParserFunctions (``pfunc_…``), and two of MediaWiki itself, about one computed value"""
_TAG = re.compile(r"<[^>]*>")
_CHAR = re.compile(r"[^\W_]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CLOSED = ("div", "table", "ul", "ol", "dl", "h2", "h3", "h4")
"""elements that complete HTML always closes"""


def find_page_fault(html: str, answer: Mapping[str, Any] | None = None) -> tuple[PageFault, str] | None:
    """Return what is wrong with a page as the wiki showed it and the words that prove it, or None.

    Args:
        html: the page.
        answer: the rest of the parse answer about it, if known.
    """
    return next(_page_faults(html, answer or {}), None)


def is_blank(html: str) -> bool:
    """Return whether a page has no readable content except headings."""
    page = read_page_text(html, "")
    bodies = (bounds_of(block) for block in page.blocks if not isinstance(block, Heading))
    return not any(_CHAR.search(page.text, *bounds) for bounds in bodies)


def _page_faults(html: str, answer: Mapping[str, Any]) -> Iterator[tuple[PageFault, str]]:
    root = parse_html(html)
    if root is not None:
        for words in (*_boxes(root), *_sentences(html, root)):
            yield PageFault.ERROR, words
    if match := _LEFT_OUT.search(html):
        yield PageFault.LEFT_OUT, excerpt(match.group().strip("<!->"), MAX_SHOWN_CHARS)
    for key in (*_reported_limits(answer), *_limits_in(html)):
        yield PageFault.LIMIT, key
    if end := _cut_end(html):
        yield PageFault.CUT, end


def _boxes(root: _Element) -> Iterator[str]:
    """Yield the words of each box that reports a failure."""
    for box in root.iterfind(".//*[@class]"):
        classes = frozenset((box.get("class") or "").casefold().split())
        if classes & _ERROR_CLASSES and not classes & _OF_A_FOOTNOTE:
            words = shown_words(box)
            if not _OF_A_VALUE.match(words):
                yield excerpt(words, MAX_SHOWN_CHARS)


def _sentences(html: str, root: _Element) -> Iterator[str]:
    """Yield the words at the start of a page, after headings, if they are one of the wiki's own sentences."""
    page = read_page_text(html, "")
    first = next((bounds_of(block) for block in page.blocks if not isinstance(block, Heading)), (0, 0))
    for words in (shown_words(root), page.text[slice(*first)]):
        if _SENTENCES.match(words):
            yield excerpt(words, MAX_SHOWN_CHARS)


def _reported_limits(answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield the message key of each limit that the answer reports as exceeded."""
    categories = {_folded(text) for text in _texts(answer.get("categories"), "category")}
    warnings = [*_texts(answer.get("parsewarnings")), *_texts(answer.get("parsewarningshtml"))]
    told = _folded(" ".join(warnings))
    for key, (category, words) in _LIMITS.items():
        if _folded(category) in categories or _folded(words) in told or f"{key}-warning" in told:
            yield key
    for item in _items(answer.get("limitreportdata")):
        if _is_out(str(item.get("name")), item.get("0"), item.get("1")):
            yield str(item["name"])


def _limits_in(html: str) -> Iterator[str]:
    """Yield the name of each limit that the report within the page gives as exceeded."""
    names = {_folded_name(told): name for name, told in (_EXCEEDED | _USED_UP).items()}
    for report in _REPORT.finditer(html):
        for told, used, allowed in _REPORTED.findall(report.group(1)):
            name = names.get(_folded_name(told), "")
            if _is_out(name, used, allowed):
                yield name


def _is_out(name: str, used: object, allowed: object) -> bool:
    """Return whether a pair of the limit report shows that something was left out."""
    try:
        left = float(str(allowed)) - float(str(used))
    except ValueError:
        return False
    is_limited = float(str(allowed)) > 0
    return is_limited and (left < 0 if name in _EXCEEDED else left <= 0 and name in _USED_UP)


def _folded_name(told: str) -> str:
    """Return a limit's name in lower case, with the hyphens that MediaWiki writes differently unified."""
    return re.sub(r"\W+", " ", told).strip().casefold()


def _cut_end(html: str) -> str | None:
    """Return the last words of HTML that ends inside an element, which MediaWiki always closes."""
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
