r"""Undo encodings that a text may have gone through: escapes of JSON and HTML, folding, Base64, and so on.

``"\u0070%2522&quot;"`` is decoded. Texts are bytes here. A text that is searched for positions, so
that what is found can be removed, knows where in the original each of its bytes came from.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Self, TypeVar

ROUNDS = 4
"""how often an encoding of an encoding is undone"""
WRAPPINGS = 2
"""how often Base64 may be nested in Base64"""

_BETWEEN = b" \t\r\n\v\f:,-"
"""blanks, and separators of hexadecimal digits"""
_DROPPED = b"\\\x7f" + bytes({*range(0x20)} - {*b"\t\r\n\v\f"})
"""remaining backslashes, every second byte of UTF-16, and control characters other than blanks"""
_FOLDING = bytes.maketrans(b"\t\r\n\v\f+ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"      abcdefghijklmnopqrstuvwxyz")
"""blanks, and the plus sign of a form, become spaces; capitals become small letters"""
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE64 = _LETTERS + b"0123456789+/_-"
_MIN_BASE64 = 11
"""the shortest Base64 of eight bytes"""
_BASE64_RUN = re.compile(b"[%b]{%d,}" % (_BASE64, _MIN_BASE64))
_BASE64_MARKED = bytes(0x61 if byte in _BASE64 else 0x20 for byte in range(256))
_MARKED_RUN = re.compile(b"a" * _MIN_BASE64 + b"+")
"""with each such character mapped to ``a``: an expression with a fixed beginning is the fastest to find"""
_SHIFTS = range(4)
"""how many digits of a group of four may precede the first one"""
_SEAM = b"\xff"
"""separates decodings that are searched together; no decoder drops it, and no text in UTF-8 contains it"""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class Decoder:
    """One encoding: its mark, the pattern of its escapes, and the value of each."""

    mark: bytes
    pattern: re.Pattern[bytes]
    decode: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Text:
    """A text searched for whether it contains something."""

    content: bytes

    def decoded(self, decoder: Decoder) -> Self:
        """Return the text with an encoding undone once."""
        decode = decoder.decode
        return self._made(decoder.pattern.sub(lambda match: decode(match[0]), self.content))

    def without(self, dropped: bytes) -> Self:
        """Return the text without the given bytes."""
        return self._made(self.content.translate(None, dropped))

    def translated(self, table: bytes) -> Self:
        """Return the text with bytes replaced by a table."""
        return self._made(self.content.translate(table))

    def collapsed(self, mark: bytes) -> Self:
        """Return the text with repeats of a byte reduced to one."""
        content = self.content
        while mark * 2 in content:
            content = content.replace(mark * 2, mark)
        return self._made(content)

    def joined(self) -> Self:
        """Return its lines, without indents, as one."""
        return self._made(b"".join(map(bytes.strip, self.content.split(b"\n"))))

    def base64(self) -> Self:
        """Return the parts of the text that may be Base64, one after the other."""
        runs = _MARKED_RUN.finditer(self.content.translate(_BASE64_MARKED))
        return self._made(b"".join([self.content[run.start() : run.end()] for run in runs]))

    def from_base64(self) -> Self:
        """Return the text decoded from Base64, once for each position that its first digit may have."""
        return self._made(b"".join([_from_base64(self.content, shift) for shift in _SHIFTS]))

    def _made(self, content: bytes) -> Self:
        return self if content == self.content else type(self)(content)


@dataclass(frozen=True, slots=True)
class Traced(Text):
    """A text that knows where in the original each of its bytes begins and ends."""

    begins: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: bytes) -> Traced:
        """Return a text unchanged."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def decoded(self, decoder: Decoder) -> Traced:
        """Return the text with an encoding undone once."""
        made, begins, ends, done = bytearray(), list[int](), list[int](), 0
        for match in decoder.pattern.finditer(self.content):
            begin, end = match.span()
            made += self.content[done:begin]
            begins += self.begins[done:begin]
            ends += self.ends[done:begin]
            meant = decoder.decode(match[0])
            made += meant
            begins += [self.begins[begin]] * len(meant)
            ends += [self.ends[end - 1]] * len(meant)
            done = end
        begins += self.begins[done:]
        ends += self.ends[done:]
        return Traced(bytes(made + self.content[done:]), begins, ends)

    def without(self, dropped: bytes) -> Traced:
        """Return the text without the given bytes."""
        return self._at([place for place, byte in enumerate(self.content) if byte not in dropped])

    def translated(self, table: bytes) -> Traced:
        """Return the text with bytes replaced by a table."""
        return Traced(self.content.translate(table), self.begins, self.ends)

    def collapsed(self, mark: bytes) -> Traced:
        """Return the text with repeats of a byte reduced to one."""
        return self.decoded(Decoder(mark, re.compile(re.escape(mark) + b"{2,}"), lambda _: mark))

    def joined(self) -> Traced:
        """Return its lines, without indents, as one."""
        return self.decoded(_LINE_BREAK)

    def base64(self) -> Traced:
        """Return the parts of the text that may be Base64, one after the other."""
        runs = _BASE64_RUN.finditer(self.content)
        return self._at([place for run in runs for place in range(*run.span())])

    def from_base64(self) -> Traced:
        """Return the text decoded from Base64, once for each position that its first digit may have."""
        made, firsts, lasts, last = list[bytes](), list[int](), list[int](), len(self.content) - 1
        for shift in _SHIFTS:
            made.append(_from_base64(self.content, shift))
            numbers = range(len(made[-1]))
            firsts += [min(max(number * 8 // 6 - shift, 0), last) for number in numbers]
            lasts += [min(max((number * 8 + 7) // 6 - shift, 0), last) for number in numbers]
        return Traced(
            b"".join(made), [self.begins[place] for place in firsts], [self.ends[place] for place in lasts]
        )

    def _at(self, places: Sequence[int]) -> Traced:
        begins = [self.begins[place] for place in places]
        return Traced(
            bytes(self.content[place] for place in places), begins, [self.ends[place] for place in places]
        )


TextT = TypeVar("TextT", bound=Text)


def _decode_backslash(escape: bytes) -> bytes:
    kind, digits = escape[1:2], escape[2:].strip(b"{}")
    if kind == b"N" and digits:
        return _named(digits.decode())
    if len(escape) == LONGEST_PAIR and escape[2:3] != b"{":
        high, low = int(digits[:4], 16), int(digits[6:], 16)
        return _utf8(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    if kind.isdigit() and digits:
        return _utf8(int(kind + digits, 8))
    return _utf8(int(digits, 16)) if digits else _CONTROLS.get(kind, kind)


def _decode_percent(escape: bytes) -> bytes:
    if escape[1:2] == b"u":
        return _decode_backslash(escape.replace(b"%", b"\\"))
    return bytes([int(escape[1:], 16)])


def _decode_entity(escape: bytes) -> bytes:
    from html import unescape

    return unescape(escape.decode()).encode("utf-8", "surrogatepass")


def _named(name: str) -> bytes:
    """Return the character that Unicode calls so, or a question mark."""
    try:
        return unicodedata.lookup(name).encode()
    except KeyError:
        return b"?"


def _utf8(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass") if number <= 0x10FFFF else b"?"


def _decoder(mark: bytes, pattern: bytes, decode: Callable[[bytes], bytes]) -> Decoder:
    """Return a decoder that caches escapes; ``H`` in its pattern is a hexadecimal digit."""
    compiled = re.compile(pattern.replace(b"H", b"[0-9a-fA-F]"), re.DOTALL)
    return Decoder(mark, compiled, lru_cache(maxsize=1024)(decode))


def _dropping(mark: bytes, pattern: bytes) -> Decoder:
    return Decoder(mark, re.compile(pattern), lambda _: b"")


LONGEST_PAIR = len(rb"\ud83d\ude87")
"""JSON writes a character beyond U+FFFF as two escapes"""
BACKSLASHES = _decoder(
    b"\\",
    rb"\\(?:u[dD][89abAB]HH\\u[dD][c-fC-F]HH|uHHHH|[ux]\{H{1,16}\}|xHH|UHHHHHHHH|N\{[A-Za-z0-9 -]{1,99}\}"
    rb"|0?[0-3][0-7][0-7]|[1-7][0-7]|.)",
    _decode_backslash,
)
"""escapes of JSON, Python, shells and JavaScript"""
PERCENTS = _decoder(b"%", rb"%(?:u[dD][89abAB]HH%u[dD][c-fC-F]HH|uHHHH|HH)", _decode_percent)
"""those of URLs, and those that JavaScript's ``escape`` makes"""
ENTITIES = _decoder(b"&", rb"&(?:#[0-9]{1,32}|#[xX]H{1,32}|[A-Za-z][A-Za-z0-9]{1,31});?", _decode_entity)
DECODERS = (BACKSLASHES, PERCENTS, ENTITIES)
INVISIBLE = (
    _dropping(b"\xe2\x80", rb"\xe2\x80[\x8b-\x8f\xa8-\xae]"),  # zero-width, line ends, reading direction
    _dropping(b"\xd8\x9c", rb"\xd8\x9c"),  # Arabic letter mark
    _dropping(b"\xc2\x85", rb"\xc2\x85"),  # next line
    _dropping(b"\xe2\x81", rb"\xe2\x81[\xa0-\xaf]"),
    _dropping(b"\xef\xbb\xbf", rb"\xef\xbb\xbf"),
    _dropping(b"\xc2\xad", rb"\xc2\xad"),  # a soft hyphen
    _dropping(b"\xcd\x8f", rb"\xcd\x8f"),  # combining grapheme joiner
    _dropping(b"\xef\xb8", rb"\xef\xb8[\x80-\x8f]"),  # variation selectors
    _dropping(b"\xf3\xa0", rb"\xf3\xa0[\x80-\xbf][\x80-\xbf]"),  # more of them, and tag characters
    _dropping(b"\xe1\xa0", rb"\xe1\xa0[\x8b-\x8f]"),  # Mongolian variation selectors
    _dropping(b"\xe1\x9e", rb"\xe1\x9e[\xb4\xb5]"),  # Khmer inherent vowels
    _dropping(b"\xef\xbf", rb"\xef\xbf[\xb0-\xbb]"),  # marks of annotations
    _dropping(b"\xe2\xa0\x80", rb"\xe2\xa0\x80"),  # an empty Braille pattern
    _dropping(b"\xf0\x9b\xb2", rb"\xf0\x9b\xb2[\xa0-\xa3]"),  # controls of shorthand, and of music
    _dropping(b"\xf0\x9d\x85", rb"\xf0\x9d\x85[\xb3-\xba]"),
    _dropping(b"\xe3\x85", rb"\xe3\x85\xa4"),  # Hangul fillers
    _dropping(b"\xe1\x85", rb"\xe1\x85[\x9f\xa0]"),
    _dropping(b"\xef\xbe", rb"\xef\xbe\xa0"),
    _dropping(b"\x1b", rb"\x1b\[[0-9;?]*[@-~]"),  # colours and movements of a terminal
    _dropping(b"<", rb"</?[A-Za-z]{1,10}\s?/?>"),  # <wbr>, and tags of emphasis
)
"""sequences that may be inside a word without being visible"""
_LINE_BREAK = _dropping(b"\n", rb"\s*\n\s*")
_PREFIX = _dropping(b"0x", rb"\b0x(?=[0-9a-f]{2}\b)")
DOUBLED = (b'"', b"'", b"`", b"%", b"$")
"""characters that CSV, SQL and templates double"""


class Kind(Enum):
    """How a text was decoded."""

    AS_IS = "as it is, or with one encoding undone"
    FOLDED = "with all encodings undone, in small letters"
    SQUEEZED = (
        "folded, without blanks, colons, commas and hyphens: a line break inside a token parts it no longer"
    )


def readings(text: TextT, wrappings: int = WRAPPINGS) -> Iterator[tuple[Kind, TextT]]:
    """Yield every possible decoding of a text, cheap ones first."""
    yield Kind.AS_IS, text
    unescaped, *others = (_through(text, [decoder]) for decoder in DECODERS)
    yield from ((Kind.AS_IS, other) for other in (unescaped, *others) if other is not text)
    whole = _undone(unescaped)
    folded = _folded(whole)
    yield Kind.FOLDED, folded
    yield Kind.SQUEEZED, folded.without(_BETWEEN)
    if (digits := _through(folded, (_PREFIX,))) is not folded:
        yield Kind.SQUEEZED, digits.without(_BETWEEN)
    if wrappings and (encoded := _base64_of(whole.without(_DROPPED))).content:
        yield from readings(encoded.from_base64(), wrappings - 1)


def fold(text: bytes) -> bytes:
    """Return a text with all encodings undone, in lower case."""
    return _folded(_undone(_through(Text(text), [BACKSLASHES]))).content


def squeeze(text: bytes) -> bytes:
    """Return a folded text without blanks and separators."""
    return text.translate(None, _BETWEEN)


def _undone(unescaped: TextT) -> TextT:
    """Return a text with all encodings undone, nested ones too; its backslashes were undone once before."""
    text = unescaped
    for _ in range(ROUNDS):
        before = text.content
        text = _through(text, (PERCENTS, ENTITIES, BACKSLASHES))
        if text.content == before:
            break
    return _through(text, INVISIBLE)


def _folded(text: TextT) -> TextT:
    for mark in DOUBLED:
        if mark * 2 in text.content:
            text = text.collapsed(mark)
    return text.without(_DROPPED).translated(_FOLDING)


def _through(text: TextT, decoders: Sequence[Decoder]) -> TextT:
    for decoder in decoders:
        if decoder.mark in text.content:
            text = text.decoded(decoder)
    return text


def _base64_of(text: TextT) -> TextT:
    """Return the digits of everything in a text that may be Base64.

    Other words may precede, separate and follow it; their decoding does not matter.
    """
    return text.joined().base64().translated(_URL_SAFE)


def _from_base64(digits: bytes, shift: int) -> bytes:
    """Return what digits mean if ``shift`` of them are missing before the first, and where that ends."""
    return binascii.a2b_base64(b"A" * shift + digits + b"A" * (-(shift + len(digits)) % 4)) + _SEAM
