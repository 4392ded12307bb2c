"""Colours as a page's HTML names them, and whether letters of one stand out from another."""

from __future__ import annotations

import re

Colour = tuple[float, float, float, float]
"""red, green and blue from 0 to 255, and how opaque it is, from 0 to 1"""
BLACK: Colour = (0, 0, 0, 1)
WHITE: Colour = (255, 255, 255, 1)
LEAST_DIFFERENCE = 48
"""of red, green or blue; letters that differ less from what is behind them are hard to see, or not seen"""

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB = re.compile(r"rgba?\(([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?\)")
_NAMES = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque
ffe4c4 black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887
cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc
crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9
darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f darkorange
ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b
darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493
deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0
forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520 gray
808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c
indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00
lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff lightgoldenrodyellow fafad2
lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a lightseagreen
20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de lightyellow
ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa
mediumblue 0000cd mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee
mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream
f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000
olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98
paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink ffc0cb
plum dda0dd powderblue b0e0e6 purple 800080 red ff0000 rosybrown bc8f8f royalblue 4169e1 saddlebrown
8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0
skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f
steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee
wheat f5deb3 white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
rebeccapurple 663399
"""
"""as CSS Color Module Level 4, section 6.1, lists them"""
_NAMED = dict(zip(_NAMES.split()[::2], _NAMES.split()[1::2], strict=True))


def find_colour(text: str) -> Colour | None:
    """Return the colour that a lower-case word or function means, or none if it is no colour known here."""
    if text == "transparent":
        return (0, 0, 0, 0)
    if text in _NAMED:
        return _of_digits(_NAMED[text])
    if _HEX.fullmatch(text):
        return _of_digits(text[1:])
    if (found := _RGB.fullmatch(text)) is None:
        return None
    try:
        red, green, blue = (_portion(part, 255) for part in found.groups()[:3])
        return (red, green, blue, _portion(found[4] or "1", 1))
    except ValueError:  # 1.2.3
        return None


def paint(colour: Colour, ground: Colour) -> Colour:
    """Return what is seen where a colour lies upon an opaque one."""
    opacity = colour[3]
    red, green, blue = (
        opacity * own + (1 - opacity) * behind for own, behind in zip(colour[:3], ground[:3], strict=True)
    )
    return (red, green, blue, 1)


def stands_out(colour: Colour, ground: Colour) -> bool:
    """Return whether letters of a colour can be seen on an opaque ground."""
    seen = paint(colour, ground)
    return max(abs(own - behind) for own, behind in zip(seen, ground, strict=True)) >= LEAST_DIFFERENCE


def _of_digits(digits: str) -> Colour:
    if len(digits) <= 4:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue, opacity = bytes.fromhex(f"{digits}ff"[:8])
    return (red, green, blue, opacity / 255)


def _portion(text: str, whole: float) -> float:
    value = float(text.removesuffix("%"))
    return min(whole, value * whole / 100 if text.endswith("%") else value)
