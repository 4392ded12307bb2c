r"""Undo what a text may have gone through on its way: escapes of JSON and HTML, folding, Base64, and so on.

``"\u0070%2522&quot;"`` is read as it was before. Texts are bytes here. One that is searched for a place, so
that what is found can be taken out, knows where in the original each of its bytes came from.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Self, TypeVar

ROUNDS = 4
"""an encoding of an encoding is undone as often"""
WRAPPINGS = 2
"""so often Base64 may lie in Base64 again"""

_BETWEEN = b" \t\r\n\v\f:,-"
"""blanks, and what stands between hexadecimal digits"""
_DROPPED = b"\\\0"
"""backslashes that are left over, and every second byte of UTF-16"""
_FOLDING = bytes.maketrans(b"\t\r\n\v\f+ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"      abcdefghijklmnopqrstuvwxyz")
"""blanks are spaces, also the plus sign of a form, and capitals are small"""
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE64 = _LETTERS + b"0123456789+/_-"
_LEAST_BASE64 = 11
"""what eight bytes may have become"""
_BASE64_RUN = re.compile(b"[%b]{%d,}" % (_BASE64, _LEAST_BASE64))
_BASE64_MARKED = bytes(0x61 if byte in _BASE64 else 0x20 for byte in range(256))
_MARKED_RUN = re.compile(b"a" * _LEAST_BASE64 + b"+")
"""where each such character is an ``a``: an expression with a given beginning is the fastest to find"""
_SHIFTS = range(4)
"""how many of a group of four digits may stand before the first one"""
_SEAM = b"\1"
"""stands between readings that are searched together: no decoder takes it for anything, no secret holds it"""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class Decoder:
    """One encoding: what marks it, how its escapes look, and what each stands for."""

    mark: bytes
    pattern: re.Pattern[bytes]
    decode: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is searched for whether something is in it."""

    content: bytes

    def decoded(self, decoder: Decoder) -> Self:
        """Return it with an encoding undone once."""
        decode = decoder.decode
        return self._made(decoder.pattern.sub(lambda match: decode(match[0]), self.content))

    def without(self, dropped: bytes) -> Self:
        """Return it without some bytes."""
        return self._made(self.content.translate(None, dropped))

    def translated(self, table: bytes) -> Self:
        """Return it with other bytes in place of some."""
        return self._made(self.content.translate(table))

    def halved(self, mark: bytes) -> Self:
        """Return it with one of a byte where there are several."""
        content = self.content
        while mark * 2 in content:
            content = content.replace(mark * 2, mark)
        return self._made(content)

    def joined(self) -> Self:
        """Return its lines, without indents, as one."""
        return self._made(b"".join(map(bytes.strip, self.content.split(b"\n"))))

    def base64(self) -> Self:
        """Return what may be Base64 in it, one after the other."""
        runs = _MARKED_RUN.finditer(self.content.translate(_BASE64_MARKED))
        return self._made(b"".join([self.content[run.start() : run.end()] for run in runs]))

    def from_base64(self) -> Self:
        """Return what it means as Base64, one after the other for each place that its first byte may have."""
        return self._made(b"".join([_from_base64(self.content, shift) for shift in _SHIFTS]))

    def _made(self, content: bytes) -> Self:
        return self if content == self.content else type(self)(content)


@dataclass(frozen=True, slots=True)
class Traced(Text):
    """A text, and for each byte where in the original it begins and ends."""

    begins: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: bytes) -> Traced:
        """Return a text as it is."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def decoded(self, decoder: Decoder) -> Traced:
        """Return it with an encoding undone once."""
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
        """Return it without some bytes."""
        return self._at([place for place, byte in enumerate(self.content) if byte not in dropped])

    def translated(self, table: bytes) -> Traced:
        """Return it with other bytes in place of some."""
        return Traced(self.content.translate(table), self.begins, self.ends)

    def halved(self, mark: bytes) -> Traced:
        """Return it with one of a byte where there are several."""
        return self.decoded(Decoder(mark, re.compile(re.escape(mark) + b"{2,}"), lambda _: mark))

    def joined(self) -> Traced:
        """Return its lines, without indents, as one."""
        return self.decoded(_LINE_BREAK)

    def base64(self) -> Traced:
        """Return what may be Base64 in it, one after the other."""
        runs = _BASE64_RUN.finditer(self.content)
        return self._at([place for run in runs for place in range(*run.span())])

    def from_base64(self) -> Traced:
        """Return what it means as Base64, one after the other for each place that its first byte may have."""
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
    if len(escape) == LONGEST_PAIR and kind == b"u":
        high, low = int(digits[:4], 16), int(digits[6:], 16)
        return _utf8(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    if kind.isdigit() and digits:
        return _utf8(int(kind + digits, 8))
    return _utf8(int(digits, 16)) if digits else _CONTROLS.get(kind, kind)


def _decode_percent(escape: bytes) -> bytes:
    return bytes([int(escape[1:], 16)])


def _decode_entity(escape: bytes) -> bytes:
    from html import unescape

    return unescape(escape.decode()).encode("utf-8", "surrogatepass")


def _utf8(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass") if number <= 0x10FFFF else b"?"


def _decoder(mark: bytes, pattern: bytes, decode: Callable[[bytes], bytes]) -> Decoder:
    """Return a decoder that remembers what escapes mean; ``H`` in its pattern is a hexadecimal digit."""
    compiled = re.compile(pattern.replace(b"H", b"[0-9a-fA-F]"), re.DOTALL)
    return Decoder(mark, compiled, lru_cache(maxsize=1024)(decode))


def _dropping(mark: bytes, pattern: bytes) -> Decoder:
    return Decoder(mark, re.compile(pattern), lambda _: b"")


LONGEST_PAIR = len(rb"\ud83d\ude87")
"""JSON writes a character beyond U+FFFF as two"""
BACKSLASHES = _decoder(
    b"\\",
    rb"\\(?:u[dD][89abAB]HH\\u[dD][c-fC-F]HH|uHHHH|[ux]\{H{1,6}\}|xHH|UHHHHHHHH|[0-3][0-7][0-7]|.)",
    _decode_backslash,
)
"""escapes of JSON, Python, shells and JavaScript"""
PERCENTS = _decoder(b"%", rb"%HH", _decode_percent)
ENTITIES = _decoder(b"&", rb"&(?:#[0-9]{1,7}|#[xX]H{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?", _decode_entity)
DECODERS = (BACKSLASHES, PERCENTS, ENTITIES)
INVISIBLE = (
    _dropping(b"\xe2\x80", rb"\xe2\x80[\x8b-\x8f\xaa-\xae]"),  # of no width, and of reading direction
    _dropping(b"\xe2\x81", rb"\xe2\x81[\xa0-\xaf]"),
    _dropping(b"\xef\xbb\xbf", rb"\xef\xbb\xbf"),
    _dropping(b"\xc2\xad", rb"\xc2\xad"),  # a soft hyphen
    _dropping(b"<", rb"</?[A-Za-z]{1,10}\s?/?>"),  # <wbr>, and marks of emphasis
)
"""what may stand within a word that is shown as one"""
_LINE_BREAK = _dropping(b"\n", rb"\s*\n\s*")
DOUBLED = (b'"', b"'", b"`", b"%", b"$")
"""what CSV, SQL and templates write twice"""


class Kind(Enum):
    """How a text was read."""

    AS_IS = "as it is, or with one encoding undone"
    FOLDED = "with all encodings undone, in small letters"
    SQUEEZED = (
        "folded, without blanks, colons, commas and hyphens: a line break inside a token parts it no longer"
    )


def readings(text: TextT, wrappings: int = WRAPPINGS) -> Iterator[tuple[Kind, TextT]]:
    """Yield a text in each way in which it may be meant; cheap readings come first."""
    yield Kind.AS_IS, text
    unescaped, *others = (_through(text, [decoder]) for decoder in DECODERS)
    yield from ((Kind.AS_IS, other) for other in (unescaped, *others) if other is not text)
    whole = _undone(unescaped)
    folded = _folded(whole)
    yield Kind.FOLDED, folded
    yield Kind.SQUEEZED, folded.without(_BETWEEN)
    if wrappings and (digits := _base64_of(whole.without(_DROPPED))).content:
        yield from readings(digits.from_base64(), wrappings - 1)


def fold(text: bytes) -> bytes:
    """Return a text with all encodings undone, in small letters."""
    return _folded(_undone(_through(Text(text), [BACKSLASHES]))).content


def squeeze(text: bytes) -> bytes:
    """Return a folded text without blanks and what else may stand between."""
    return text.translate(None, _BETWEEN)


def _undone(unescaped: TextT) -> TextT:
    """Return a text with all encodings undone, one below the other too; its backslashes were undone once."""
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
            text = text.halved(mark)
    return text.without(_DROPPED).translated(_FOLDING)


def _through(text: TextT, decoders: Sequence[Decoder]) -> TextT:
    for decoder in decoders:
        if decoder.mark in text.content:
            text = text.decoded(decoder)
    return text


def _base64_of(text: TextT) -> TextT:
    """Return the digits of all that may be Base64 in a text.

    Other words may stand before, between and after it: what those seem to mean is of no matter.
    """
    return text.joined().base64().translated(_URL_SAFE)


def _from_base64(digits: bytes, shift: int) -> bytes:
    """Return what digits mean if ``shift`` of them are missing before the first, and where that ends."""
    return binascii.a2b_base64(b"A" * shift + digits + b"A" * (-(shift + len(digits)) % 4)) + _SEAM
