r"""Undo what a text may have gone through on its way: JSON's and HTML's escapes, percent-encoding, folding.

``"\u0070%2522&quot;"`` is read as it was before. Texts are bytes here, and a decoded text can say where each
of its bytes came from, so that what is found in it can be taken out of the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

ROUNDS = 4
"""an encoding of an encoding is undone as often"""

_BLANKS = b" \t\r\n\v\f+"
_AS_SPACES = bytes.maketrans(b"\t\r\n\v\f+", b"      ")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True, slots=True)
class Decoder:
    """One encoding: what marks it, how its escapes look, and what each stands for."""

    mark: bytes
    pattern: re.Pattern[bytes]
    decode: Callable[[bytes], bytes]

    def apply(self, text: bytes) -> bytes:
        """Return a text with this encoding undone once."""
        if self.mark not in text:
            return text
        decode = self.decode
        return self.pattern.sub(lambda match: decode(match[0]), text)


@dataclass(frozen=True, slots=True)
class Traced:
    """A decoded text, and for each byte where in the original it begins and ends."""

    text: bytes
    begins: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: bytes) -> Traced:
        """Return a text as it is."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def decoded(self, decoder: Decoder) -> Traced:
        """Return this text with an encoding undone once."""
        if decoder.mark not in self.text:
            return self
        made, begins, ends, done = bytearray(), list[int](), list[int](), 0
        for match in decoder.pattern.finditer(self.text):
            begin, end = match.span()
            made += self.text[done:begin]
            begins += self.begins[done:begin]
            ends += self.ends[done:begin]
            meant = decoder.decode(match[0])
            made += meant
            begins += [self.begins[begin]] * len(meant)
            ends += [self.ends[end - 1]] * len(meant)
            done = end
        begins += self.begins[done:]
        ends += self.ends[done:]
        return Traced(bytes(made + self.text[done:]), begins, ends)

    def without(self, dropped: bytes) -> Traced:
        """Return this text without some bytes."""
        kept = [place for place, byte in enumerate(self.text) if byte not in dropped]
        begins = [self.begins[place] for place in kept]
        return Traced(bytes(self.text[place] for place in kept), begins, [self.ends[place] for place in kept])


def _decode_backslash(escape: bytes) -> bytes:
    kind, digits = escape[1:2], escape[2:]
    if len(escape) == LONGEST_PAIR and kind == b"u":
        high, low = int(digits[:4], 16), int(digits[6:], 16)
        return _utf8(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
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


LONGEST_PAIR = len(rb"\ud83d\ude87")
"""JSON writes a character beyond U+FFFF as two"""
BACKSLASHES = _decoder(
    b"\\",
    rb"\\(?:u[dD][89abAB]HH\\u[dD][c-fC-F]HH|uHHHH|xHH|UHHHHHHHH|.)",
    _decode_backslash,
)
"""JSON's escapes, and those of Python and shells"""
PERCENTS = _decoder(b"%", rb"%HH", _decode_percent)
ENTITIES = _decoder(b"&", rb"&(?:#[0-9]{1,7}|#[xX]H{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?", _decode_entity)
DECODERS = (BACKSLASHES, PERCENTS, ENTITIES)


def plain(text: bytes) -> bytes:
    """Return a text with all encodings undone, one below the other too; each kind of blank is a space."""
    for _ in range(ROUNDS):
        before = text
        for decoder in DECODERS:
            text = decoder.apply(text)
        if text == before:
            break
    return text.translate(_AS_SPACES, b"\\")


def traced_plain(text: Traced) -> Traced:
    """Return what ``plain`` does, traced."""
    for _ in range(ROUNDS):
        before = text.text
        for decoder in DECODERS:
            text = text.decoded(decoder)
        if text.text == before:
            break
    text = text.without(b"\\")
    return Traced(text.text.translate(_AS_SPACES), text.begins, text.ends)


def squeeze(text: bytes) -> bytes:
    """Return a plain text without blanks: a line break inside a token parts it no longer."""
    return text.translate(None, _BLANKS)


def traced_squeeze(text: Traced) -> Traced:
    """Return what ``squeeze`` does, traced."""
    return text.without(_BLANKS)


def base64_forms(text: bytes) -> Iterator[bytes]:
    """Yield what Base64 makes of a text, whatever stands before and after it, in both alphabets."""
    import base64

    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + text)
        whole = encoded[(0, 2, 3)[before] : (before + len(text)) * 8 // 6]  # made of this text alone
        yield whole
        yield whole.translate(bytes.maketrans(b"+/", b"-_"))
