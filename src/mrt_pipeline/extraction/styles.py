"""What a page's styles declare, inline or in a sheet within the page, and which declarations may hide words.

A property that can hide words hides them here unless its value is known to be harmless. Unknown properties,
computed values (``var()``, ``calc()``), escapes and comments are taken for an attempt to hide. Colours and
the size of letters depend on the elements around; ``looks`` judges them. A rule of a sheet, as MediaWiki's
templates bring them, counts for whatever the last part of its selector names, wherever that is: to apply it
as a browser does would take a browser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot"})
"""what keeps its place in its table while nobody sees its words"""
JUDGED_BY_LOOK = frozenset({"color", "background", "font-size", "font", "opacity"})
LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|pt|r?em|ex|ch|%|)")
PX_OF_UNIT = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "%": 10.0, "": 1.0}
"""a percentage is taken of a page of 1000 px"""

_NOT_PLAIN = re.compile(r"[\\@{}]|/\*")
_UNCLEAR = "(unclear)"
_NEVER_HIDING = re.compile(
    r"text-(?:align(?:-last)?|transform|wrap|decoration-(?:color|style|thickness))"
    r"|font-(?:weight|style|family|variant)|(?:-(?:moz|webkit|ms|o)-)?(?:border|column|user-select)(?:-[a-z-]+)?"
    r"|columns|list-style(?:-[a-z]+)?|white-space|word-(?:break|wrap)|overflow-wrap|hyphens|clear|cursor"
    r"|table-layout|caption-side|empty-cells|min-(?:width|height)|pointer-events|page-break-[a-z]+|break-[a-z]+"
    r"|(?:align|justify)-[a-z]+|flex(?:-grow|-shrink|-basis|-wrap)?|(?:grid-|row-|column-)?gap|quotes|orphans|widows"
    r"|background-(?:repeat|position|size)|(?:-(?:moz|webkit|ms|o)-)?transition(?:-[a-z]+)?|box-sizing"
)
_KEYWORDS = frozenset({"inherit", "initial", "unset", "auto", "normal"})
_NOT_STRUCK = r"(?!.*line-through)[^()]*"
_COLOUR = r"(?:#[0-9a-f]{3,8}|[a-z]+|rgba?\([\d\s.,%/]+\))"
_SHADOW = rf"(?:-?(?:[0-2]?\d(?:\.\d+)?(?:px)?|0?\.\d+r?em) ){{2,4}}(?!inset){_COLOUR}"
_HARMLESS_VALUES = {
    "display": r"inline|block|inline-block|list-item|flow-root|(?:inline-)?(?:flex|grid|table)|table-[a-z-]+",
    "grid-template-columns": r"(?:repeat\([1-9], ?)?(?:[1-9]fr|auto)(?: (?:[1-9]fr|auto))*\)?",
    "float": r"none|left|right",
    "visibility": r"visible",
    "position": r"static|relative|sticky",
    **dict.fromkeys(("overflow", "overflow-x", "overflow-y"), "visible|auto|scroll"),
    **dict.fromkeys(("text-decoration", "text-decoration-line"), _NOT_STRUCK),
    **dict.fromkeys(("transform", "filter", "animation", "mask", "clip-path"), "none"),
    **dict.fromkeys(("text-shadow", "box-shadow"), rf"none|{_SHADOW}(?:, ?{_SHADOW})*"),
    "outline": rf"none|0|(?:[0-4]px|thin|medium) (?:solid|dotted|dashed)(?: {_COLOUR})?",
    **dict.fromkeys(("max-width", "max-height"), "none"),
    "direction": r"ltr",
    "vertical-align": r"[a-z-]+",
    "zoom": r"1|100%",
    "z-index": r"\+?\d+",
}
_HARMLESS_LENGTHS = (
    (re.compile(r"margin(?:-[a-z]+)*|text-indent"), -4.0, 400.0),
    (re.compile(r"padding(?:-[a-z]+)*"), 0.0, 400.0),
    (re.compile(r"top|bottom|left|right|vertical-align"), -8.0, 8.0),
    (re.compile(r"(?:max-)?(?:width|height)"), 1.0, float("inf")),
    (re.compile(r"(?:letter|word)-spacing"), -1.0, 10.0),
)
"""properties, the least and the greatest length, in px, that puts no words out of sight or onto others"""
_LINE_HEIGHTS = (0.5, 4.0)
_LEAST_SCROLLED_PX = 40.0
_PLACING = ("display", "float", "position", "all")

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_RULE = re.compile(r"([^{};]+)\{([^{}]*)(?:\}|$)")
_LAST = re.compile(r"(?:[^\s>+~]|\([^)]*\))+\s*$")
_NAMED = re.compile(r"[.#]?[\w-]+")


def declarations(style: str) -> dict[str, str] | None:
    """Return values by property, in lower case; none if it is not plain what is declared."""
    if _NOT_PLAIN.search(style):
        return None
    found: dict[str, str] = {}
    for part in filter(str.strip, style.lower().split(";")):
        name, _, value = part.partition(":")
        name = name.strip().replace("background-color", "background")
        value = " ".join(value.replace("!important", " ").split())
        if found.setdefault(name, value) != value:
            found[name] = _UNCLEAR
    return found


def may_hide(found: dict[str, str], tag: str) -> bool:
    """Return whether an element's declarations may hide its words, whatever its colours and letters."""
    return _is_cut(found) or not all(_is_harmless(name, value, tag) for name, value in found.items())


def keeps_place(found: dict[str, str] | None, tag: str) -> bool:
    """Return whether a part of a table with these declarations is certain to be where its row has it."""
    return found is not None and all(
        _is_harmless(name, found[name], tag) for name in _PLACING if name in found
    )


@dataclass(frozen=True, slots=True)
class PageSheets:
    """The classes, ids and tags of elements that a page's own style sheets may hide."""

    names: frozenset[str]
    """``.class``, ``#id`` or ``tag``; ``*`` stands for all elements"""

    def may_hide(self, element: _Element) -> bool:
        """Return whether a rule may hide the words of an element."""
        if not self.names:
            return False
        classes = (f".{name}" for name in (element.get("class") or "").split())
        own = {"*", str(element.tag), f"#{element.get('id')}", *classes}
        return not self.names.isdisjoint(own)


def read_sheets(root: _Element) -> PageSheets:
    """Return what the style sheets within a page may hide."""
    names: set[str] = set()
    for sheet in root.iter("style"):
        for rule in _RULE.finditer(_COMMENT.sub(" ", "".join(map(str, sheet.itertext())))):
            found = declarations(rule[2])
            if found is None or may_hide(found, "") or JUDGED_BY_LOOK & set(found):
                names.update(_name_of(selector) for selector in rule[1].split(","))
    return PageSheets(frozenset(names))


def _is_harmless(name: str, value: str, tag: str) -> bool:
    if tag in TABLE_PARTS and name in ("display", "float"):
        return value.startswith("table-") or (name == "float" and value == "none")
    if name in JUDGED_BY_LOOK or _NEVER_HIDING.fullmatch(name):
        return True
    harmless = _HARMLESS_VALUES.get(name)
    if harmless is not None and re.fullmatch(harmless, value):
        return True
    return _is_small(name, value) or (value in _KEYWORDS and _is_known(name))


def _is_known(name: str) -> bool:
    is_length = any(names.fullmatch(name) for names, *_ in _HARMLESS_LENGTHS)
    return is_length or name in _HARMLESS_VALUES or name == "line-height"


def _is_small(name: str, value: str) -> bool:
    """Return whether a property is a length, or several, with which words stay where they are seen."""
    lengths = [LENGTH.fullmatch(part) for part in value.split() if part not in _KEYWORDS]
    if name == "line-height":
        units = {"": 1.0, "%": 0.01}
        ems = [
            float(length[1]) * units.get(length[2], PX_OF_UNIT[length[2]] / 16)
            for length in lengths
            if length
        ]
        return len(ems) == len(lengths) == 1 and _LINE_HEIGHTS[0] <= ems[0] <= _LINE_HEIGHTS[1]
    return any(
        names.fullmatch(name) and all(length and least <= _px(length) <= most for length in lengths)
        for names, least, most in _HARMLESS_LENGTHS
    )


def _px(length: re.Match[str]) -> float:
    return float(length[1]) * PX_OF_UNIT[length[2]]


def _is_cut(found: dict[str, str]) -> bool:
    """Return whether words scroll within a box so low that they may not be seen."""
    if not any(found.get(name) in ("auto", "scroll") for name in ("overflow", "overflow-x", "overflow-y")):
        return False
    sizes = [
        LENGTH.fullmatch(value)
        for name, value in found.items()
        if re.fullmatch(r"(max-)?(width|height)", name)
    ]
    return any(size is not None and (_px(size) < _LEAST_SCROLLED_PX) for size in sizes) or any(
        "%" in found.get(name, "") for name in ("height", "max-height")
    )


def _name_of(selector: str) -> str:
    """Return one class, id or tag that the elements of a selector must have."""
    last = _LAST.search(selector)
    plain = "" if last is None or "\\" in selector else re.sub(r"[:\[].*", "", last[0].strip())
    names = _NAMED.findall(plain)
    return str(max(names, key=lambda name: name[0] in ".#")) if names else "*"
