"""Parse the CSS declarations of a page, and decide which of them may hide words.

A property that can hide words is taken to do so unless its value is known to be harmless. The same applies to
unknown properties, computed values (``var()``, ``calc()``), escapes and comments. Colours and font sizes
depend on the elements around: see ``looks``. For style sheets within a page, see ``sheets``.
"""

from __future__ import annotations

import re

TABLE_PARTS = frozenset({"tr", "td", "th", "thead", "tbody", "tfoot"})
"""elements that can keep their position in a table while hidden"""
INLINE_TAGS = frozenset({"span", "b", "i", "em", "strong", "small", "big", "font", "u", "a", "abbr", "mark"})
BLOCK_TAGS = TABLE_PARTS | {
    *("html", "body", "div", "p", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "center", "pre"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "aside", "main", "header"),
    *("footer", "figure", "figcaption", "nav", "details", "summary", "address", "fieldset", "hr"),
}
"""elements on lines of their own; all others may be part of a line"""
JUDGED_BY_LOOK = frozenset({"color", "background", "font-size", "font", "opacity"})
PAINTING = re.compile(r"background|border|outline|shadow|filter|reflect|decoration", re.IGNORECASE)
"""properties that paint more than text"""
LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|pt|r?em|ex|ch|%|)")
PX_OF_UNIT = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "%": 10.0, "": 1.0}
"""px per unit; a percentage is relative to a page of 1000 px"""

_NOT_PLAIN = re.compile(r"[\\@{}]|/\*|[^\t\n\f\r -~]")
"""escapes, comments and all but ASCII, as Python sees white space and letter case differently from CSS"""
_IMPORTANT = re.compile(r" ?! ?important$")
_UNCLEAR = "(unclear)"
_BORDER = re.compile(
    r"border(?:-(?:top|bottom|left|right|inline|block|start|end|width|style|color|collapse))*"
)
_NEVER_HIDING = re.compile(
    r"text-(?:align(?:-last)?|transform|decoration-(?:color|style))|(?:-(?:moz|webkit)-)?border(?:-[a-z]+)*-radius"
    r"|font-(?:weight|variant)|(?:-(?:moz|webkit|ms|o)-)?user-select"
    r"|word-wrap|overflow-wrap|hyphens|clear|cursor"
    r"|caption-side|empty-cells|pointer-events|page-break-[a-z]+|break-[a-z]+"
    r"|flex-(?:grow|shrink)|quotes|orphans|widows"
    r"|background-(?:repeat|position|size)|(?:-(?:moz|webkit|ms|o)-)?transition(?:-[a-z]+)?|box-sizing"
)
_KEYWORDS = frozenset({"inherit", "initial", "unset", "auto", "normal"})
_NUMBERED_COLOUR = r"#[0-9a-f]{3,8}|rgba?\([\d\s.,%/]+\)"
_COLOUR = rf"(?:{_NUMBERED_COLOUR}|[a-z]+)"
_THIN = r"(?:(?:10|\d(?:\.\d+)?)(?:px|pt)?)"
_BORDER_LINE = rf"(?:(?:{_THIN}|{_COLOUR})(?: |$))*"
"""a thicker border may be behind words, or push them out of sight"""
_NOT_STRUCK = rf"(?!.*line-through)(?:(?:[0-3]px|[a-z]+(?:-[a-z]+)*|{_NUMBERED_COLOUR})(?: |$))*"
"""a thicker line may be behind the words of other lines; a colour's name is matched as any other word"""
_TABLE_DISPLAY = r"table-(?:row|cell|caption|(?:row|header|footer)-group)"
"""not ``table-column``, whose content is not shown"""
_FAMILY = (
    r"(?:serif|sans-serif|monospace|cursive|system-ui|-apple-system|inherit|initial|unset"
    r"|arial(?: black| narrow)?|helvetica(?: neue)?|verdana|tahoma|trebuchet ms|georgia|times(?: new roman)?"
    r"|courier(?: new)?|calibri|cambria|consolas|segoe ui|lucida (?:grande|sans unicode|console)|garamond"
    r"|palatino(?: linotype)?|gill sans|century gothic|impact|comic sans ms|roboto|rubik|lato|montserrat"
    r"|inter|open sans|source sans pro|myriad pro|(?:noto|liberation|dejavu) (?:sans|serif)(?: mono)?|ubuntu)"
)
"""fonts that show letters as letters; Wingdings, for example, shows pictures"""
_QUOTED = rf"(?:{_FAMILY}|'{_FAMILY}'|\"{_FAMILY}\")"
_FAMILIES = re.compile(rf"{_QUOTED}(?: ?, ?{_QUOTED})*")
_STRING = r"\"[^\"]*\"|'[^']*'"
_PLAIN = r"[^()\[\]\"']"
_WHOLE = re.compile(rf"(?:{_PLAIN}|{_STRING}|\((?:{_PLAIN}|{_STRING})*\))*")
"""a value with balanced brackets and quotes: within these, a ``;`` would not end it"""
_SHADOW = rf"(?:-?[01](?:px)? ){{2}}(?:[0-3](?:px)? (?:0(?:px)? )?)?(?!inset){_COLOUR}"
"""a thin one: it may lie upon other words"""
_HARMLESS_VALUES = {
    "display": r"inline|block|inline-block|list-item|flow-root|(?:inline-)?(?:flex|grid|table)"
    rf"|{_TABLE_DISPLAY}",
    "grid-template-columns": r"(?:repeat\([1-9], ?)?(?:[1-9]fr|auto)(?: (?:[1-9]fr|auto))*\)?",
    "float": r"none|left|right",
    "visibility": r"visible",
    "position": r"static|relative",
    **dict.fromkeys(("list-style", "list-style-type", "list-style-position"), r"[a-z -]+"),
    **dict.fromkeys(("columns", "column-count", "-moz-column-count", "-webkit-column-count"), r"[1-3]|auto"),
    **dict.fromkeys(
        ("column-width", "-moz-column-width", "-webkit-column-width"),
        r"[1-9]\d\dpx|(?:1[5-9]|[2-9]\d)em|auto",
    ),
    "table-layout": r"auto",
    "font-style": r"normal|italic|oblique",
    "white-space": r"normal|nowrap|pre|pre-wrap|pre-line|break-spaces",
    "word-break": r"normal|break-all|break-word",
    "text-wrap": r"wrap|balance|pretty",
    "justify-content": r"normal|start|flex-start|left|space-between",
    "align-content": r"normal|start|flex-start|stretch",
    **dict.fromkeys(("align-items", "align-self"), r"normal|start|flex-start|stretch|baseline|center"),
    **dict.fromkeys(("justify-items", "justify-self"), r"normal|start|stretch|left|legacy"),
    "flex-wrap": r"wrap|nowrap",
    "flex": r"none|auto",
    **dict.fromkeys(("top", "bottom", "left", "right"), r"auto"),
    **dict.fromkeys(("overflow", "overflow-x", "overflow-y"), "visible|auto|scroll"),
    **dict.fromkeys(("text-decoration", "text-decoration-line"), _NOT_STRUCK),
    **dict.fromkeys(("transform", "filter", "animation", "mask", "clip-path"), "none"),
    **dict.fromkeys(("text-shadow", "box-shadow"), rf"none|{_SHADOW}(?:, ?{_SHADOW})?"),
    "outline": rf"none|0|(?:[01]px|thin) (?:solid|dotted|dashed)(?: {_COLOUR})?",
    **dict.fromkeys(("max-width", "max-height"), "none"),
    "direction": r"ltr",
    "text-decoration-thickness": r"from-font|[0-3]px",
    "min-width": "(?:min|fit)-content",
    "min-height": "(?:min|max|fit)-content",
    "vertical-align": r"[a-z-]+",
    "zoom": r"1|100%",
    "z-index": r"\+?\d+",
}
_HARMLESS_LENGTHS = (
    (re.compile(r"margin(?:-[a-z]+)*|text-indent"), 0.0, 400.0),
    (re.compile(r"padding(?:-[a-z]+)*"), 0.0, 400.0),
    (re.compile(r"top|bottom|left|right|vertical-align"), 0.0, 0.0),
    (re.compile(r"width"), 1.0, 2000.0),
    (re.compile(r"max-width|(?:max-)?height"), 1.0, float("inf")),
    (re.compile(r"min-width"), 0.0, 2000.0),
    (re.compile(r"min-height"), 0.0, float("inf")),
    (re.compile(r"(?:grid-|row-|column-)?gap|border-spacing"), 0.0, 40.0),
    (re.compile(r"flex-basis"), 0.0, 2000.0),
    (re.compile(r"flex|border(?!.*radius)(?:-[a-z]+)*"), 0.0, 400.0),
    (re.compile(r"text-decoration(?:-thickness)?"), 0.0, 3.0),
    (re.compile(r"(?:letter|word)-spacing"), 0.0, 3.0),
)
"""properties, with the least and greatest length in px that neither hides words nor moves them onto others

Several such lengths together may still push words away: see ``extents``.
"""
_LINE_HEIGHTS = (1.0, 4.0)
_LEAST_LINE_EM = 0.5
"""of lines in px: letters may be smaller than usual"""
_LEAST_SCROLLED_PX = {"height": 100.0, "max-height": 100.0, "width": 40.0, "max-width": 40.0}
"""a lower or narrower box may be too small for its words"""
_SCROLLED = re.compile(r"overflow(?:-[xy])?")
_HEIGHTS = ("height", "max-height")
_FREE_HEIGHT = _KEYWORDS | {"none", "100%", "min-content", "max-content", "fit-content"}
_GROWING_TAGS = TABLE_PARTS | {"table", "img"}
"""elements that are as high as their content, whatever their ``height``"""
_SMALL_RADIUS = re.compile(r"(?:1[0-6]|\d)(?:\.\d+)?(?:px)?(?: (?:1[0-6]|\d)(?:\.\d+)?(?:px)?)*")
_STAYING = re.compile(
    r"--.*|display|visibility|opacity|color|background.*|font|font-(?:family|size|weight|style|variant)|clear|float"
    r"|text-(?:align|align-last|transform|wrap|decoration.*)|white-space|vertical-align|z-index|cursor|direction"
    r"|overflow|overflow-[xy]|(?:min-|max-)?width|min-height|(?:max-)?height|padding.*|list-style.*|clip|clip-path"
    r"|border-(?:collapse|spacing)|border(?!-image).*|mask.*|content-visibility|mix-blend-mode|animation.*"
)
"""properties that place no element upon others, whatever their values; for heights, see ``may_overflow``"""
_PLACING = ("display", "float", "position", "all")


def declarations(style: str) -> dict[str, str] | None:
    """Return values by property, in lower case; None if the declarations are not plain ASCII or have escapes.

    A property that is declared twice with different values has the value ``(unclear)``.
    """
    if _NOT_PLAIN.search(style):
        return None
    found: dict[str, str] = {}
    for part in filter(str.strip, style.lower().split(";")):
        name, _, value = part.partition(":")
        name = name.strip().replace("background-color", "background")
        value = _IMPORTANT.sub("", " ".join(value.split()))
        if found.setdefault(name, value) != value:
            found[name] = _UNCLEAR
    return found


def may_hide(found: dict[str, str], tag: str) -> bool:
    """Return whether an element's declarations, apart from colours and font sizes, may hide its words."""
    return _is_cut(found, tag) or not all(_is_harmless(name, value, tag) for name, value in found.items())


def may_push(found: dict[str, str]) -> bool:
    """Return whether declarations may push the content beside an element out of sight."""
    return any(
        most and names.fullmatch(name) and any(length and _px(length) > most for length in _lengths(value))
        for name, value in found.items()
        for names, _, most in _HARMLESS_LENGTHS
    )


def may_reach(found: dict[str, str]) -> bool:
    """Return whether an element may paint over, or behind, words outside it."""
    return any(
        not _STAYING.fullmatch(name) and not _is_harmless(name, value, "") for name, value in found.items()
    )


def may_pull(found: dict[str, str]) -> bool:
    """Return whether an element, even without content, may pull others upon words."""
    return any(name.startswith("margin") and "-" in value for name, value in found.items())


def may_overflow(found: dict[str, str], tag: str) -> bool:
    """Return whether the content of a box may be higher than the box and lie upon what follows."""
    return _has_fixed_height(found, tag) and found.get("overflow") not in ("hidden", "auto", "scroll", "clip")


def has_round_corners(found: dict[str, str]) -> bool:
    """Return whether words may be in a corner that is cut off."""
    return any(
        name.endswith("radius") and not _SMALL_RADIUS.fullmatch(value) for name, value in found.items()
    )


def length_px(length: str, font_px: float) -> float | None:
    """Return a length in px, for an element with a font size; None if it is not one."""
    found = LENGTH.fullmatch(length)
    if found is None:
        return None
    relative = {"em": font_px, "ex": font_px / 2, "ch": font_px / 2}
    return float(found[1]) * relative.get(found[2], PX_OF_UNIT[found[2]])


def is_legible(families: str) -> bool:
    """Return whether all fonts in a ``font-family`` list are known to show letters as letters."""
    return _FAMILIES.fullmatch(families) is not None


def keeps_place(found: dict[str, str] | None, tag: str) -> bool:
    """Return whether a part of a table with these declarations certainly keeps its position in its row."""
    return found is not None and all(
        _is_harmless(name, found[name], tag) for name in _PLACING if name in found
    )


def _is_harmless(name: str, value: str, tag: str) -> bool:
    if name in _HEIGHTS and value in _FREE_HEIGHT:
        return True
    if tag in TABLE_PARTS and name in ("display", "float"):
        return re.fullmatch(_TABLE_DISPLAY if name == "display" else "none", value) is not None
    if name in JUDGED_BY_LOOK or _NEVER_HIDING.fullmatch(name):
        return _WHOLE.fullmatch(value) is not None
    if name == "font-family":
        return is_legible(value)
    if _BORDER.fullmatch(name):
        return re.fullmatch(_BORDER_LINE, value) is not None
    harmless = _HARMLESS_VALUES.get(name)
    if harmless is not None and re.fullmatch(harmless, value):
        return True
    return _is_small(name, value) or (value in _KEYWORDS and _is_known(name))


def _is_known(name: str) -> bool:
    is_length = any(names.fullmatch(name) for names, *_ in _HARMLESS_LENGTHS)
    return is_length or name in _HARMLESS_VALUES or name == "line-height"


def _is_small(name: str, value: str) -> bool:
    """Return whether a property has only lengths that keep words visible."""
    lengths = _lengths(value)
    if name == "line-height":  # for its unit, see ``extents``
        units = {"": 1.0, "%": 0.01}
        ems = [
            float(length[1]) * units.get(length[2], PX_OF_UNIT[length[2]] / 16)
            for length in lengths
            if length
        ]
        least = _LINE_HEIGHTS[0] if value[-1] in "0123456789.%m" else _LEAST_LINE_EM
        return len(ems) == len(lengths) == 1 and least <= ems[0] <= _LINE_HEIGHTS[1]
    return any(
        names.fullmatch(name) and all(length and least <= _px(length) <= most for length in lengths)
        for names, least, most in _HARMLESS_LENGTHS
    )


def _lengths(value: str) -> list[re.Match[str] | None]:
    return [LENGTH.fullmatch(part) for part in value.split() if part not in _KEYWORDS]


def _px(length: re.Match[str]) -> float:
    return float(length[1]) * PX_OF_UNIT[length[2]]


def _is_cut(found: dict[str, str], tag: str) -> bool:
    """Return whether words may flow out of a box, be cut off, or scroll in one that is too small."""
    is_fixed = _has_fixed_height(found, tag)
    if not any(_SCROLLED.fullmatch(name) and value in ("auto", "scroll") for name, value in found.items()):
        return is_fixed
    if has_round_corners(found) or (is_fixed and found.get("display", "block") != "block"):
        return True
    sizes = ((LENGTH.fullmatch(found.get(name, "")), least) for name, least in _LEAST_SCROLLED_PX.items())
    is_small = any(size is not None and _px(size) < least for size, least in sizes)
    return is_small or any("%" in found.get(name, "") for name in _HEIGHTS)


def _has_fixed_height(found: dict[str, str], tag: str) -> bool:
    is_growing = tag in _GROWING_TAGS and "display" not in found
    return not is_growing and any(found.get(name, "auto") not in _FREE_HEIGHT for name in _HEIGHTS)
