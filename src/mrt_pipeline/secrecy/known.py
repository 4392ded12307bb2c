"""The known secrets, and whether a text holds any of them in any form."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mrt_pipeline.secrecy import encodings
from mrt_pipeline.secrecy.encodings import Kind, Text, Traced

MARK = "[secret]"

MIN_CHARS = 8
"""A secret of this length is found anywhere; a shorter one is refused when it is loaded."""
MIN_SQUEEZED = 16
"""a secret of this length is also found across line breaks and blanks"""
_REPEATS = 3
_MAX_REMEMBERED = 10_000
"""how many documents without a secret are remembered, at 32 bytes each"""

_Needles = Mapping[Kind, Mapping[bytes, str]]
"""what to search for in each kind of decoding, with the name of the secret"""


class KnownSecrets:
    """The secrets of a process; may be shared by threads. Its representation shows none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Forget all secrets."""
        self._names: dict[str, str] = {}
        self._public: frozenset[str] = frozenset()
        self._needles: _Needles = {}
        self._searched = _Searched({})

    def learn(self, name: str, *texts: str) -> None:
        """Treat texts as secret from now on.

        Args:
            name: their name in an error, e.g. the variable that holds them; not secret.
            texts: the secrets; surrounding blanks are ignored, and so are texts shorter than ``MIN_CHARS``.
        """
        wanted = {text for text in map(str.strip, texts) if len(text) >= MIN_CHARS}
        if wanted <= self._names.keys():
            return
        with self._lock:
            self._names = {**dict.fromkeys(wanted, name), **self._names}
            self._prepare()

    def allow(self, text: str) -> None:
        """Treat the content of a text as public, such as an address that is sent to everyone."""
        if text in self._public:
            return
        with self._lock:
            self._public |= {text}
            self._prepare()

    def find(self, *texts: str | bytes) -> str | None:
        """Return the name of a secret that one of the documents holds, or None."""
        searched = self._searched
        if not searched.needles:
            return None
        return next((name for text in texts if (name := searched.find(_as_bytes(text)))), None)

    def redact(self, text: str) -> str:
        """Return a message with ``[secret]`` in place of each secret."""
        if not self._needles:
            return text
        content = _as_bytes(text)
        for _ in range(_REPEATS):
            if _find(content, self._needles) is None:
                return text if content == _as_bytes(text) else content.decode("utf-8", "replace")
            content = _replace(content, sorted(_spans(content, self._needles)))
        return MARK

    def redacted(self, value: Any) -> Any:
        """Return plain data (JSON, or data written as text) with every text in it redacted."""
        return self._redacted(value, {}) if self._needles else value

    def _redacted(self, value: Any, seen: dict[str, str]) -> Any:
        """Redact plain data; a text that occurs repeatedly, such as a key, is searched once."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self._redacted(key, seen): self._redacted(item, seen) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._redacted(item, seen) for item in value]
        text = str(value)
        if text not in seen:
            seen[text] = self.redact(text)
        return seen[text]

    def _prepare(self) -> None:
        """Build the search patterns; concurrent searches use the old or the new ones, never a mixture."""
        hidden = {
            text: name
            for text, name in self._names.items()
            if not any(text in public for public in self._public)
        }
        self._needles = _make_needles(hidden) if hidden else {}
        self._searched = _Searched(self._needles)


class _Searched:
    """Remembers which documents are free of some secrets, since one is searched several times."""

    def __init__(self, needles: _Needles) -> None:
        self.needles = needles
        self._clean: set[bytes] = set()

    def find(self, text: bytes) -> str | None:
        digest = hashlib.sha256(text).digest()
        if digest in self._clean:
            return None
        name = _find(text, self.needles)
        if name is None:
            if len(self._clean) >= _MAX_REMEMBERED:
                self._clean.clear()
            self._clean.add(digest)
        return name


def _make_needles(secrets: Mapping[str, str]) -> _Needles:
    as_is, folded, squeezed = dict[bytes, str](), dict[bytes, str](), dict[bytes, str]()
    for text, name in secrets.items():
        for form in _byte_forms(text):
            as_is |= {form: name}
            folded |= {encodings.fold(form): name}
            squeezed |= {encodings.squeeze(encodings.fold(form)): name}
            squeezed |= dict.fromkeys(_hexadecimal(form), name)
    mark = MARK.encode()
    return {
        Kind.AS_IS: {form: name for form, name in as_is.items() if form not in mark},
        Kind.FOLDED: {
            form: name for form, name in folded.items() if len(form) >= MIN_CHARS and form not in mark
        },
        Kind.SQUEEZED: {form: name for form, name in squeezed.items() if len(form) >= MIN_SQUEEZED},
    }


def _byte_forms(text: str) -> Iterator[bytes]:
    """Yield the bytes that a text may become by composition, case, encoding and misreading of its letters."""
    if text.isascii():
        yield text.encode()
        return
    for composed in dict.fromkeys((text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD")))):
        for cased in dict.fromkeys((composed, composed.lower(), composed.upper())):
            encoded = _as_bytes(cased)
            yield encoded
            yield from (_as_bytes("".join(map(misread, encoded))) for misread in (chr, _as_windows))
            yield cased.encode("utf-16-le", "surrogatepass")  # for ASCII, folding undoes it
            with contextlib.suppress(UnicodeEncodeError):
                yield cased.encode("latin-1")


def _hexadecimal(form: bytes) -> Iterator[bytes]:
    """Yield the hexadecimal digits of a text, and of its JSON form."""
    yield form.hex().encode()
    text = form.decode("utf-8", "backslashreplace")
    yield from (
        json.dumps(text, ensure_ascii=is_ascii)[1:-1].encode("utf-8", "surrogatepass").hex().encode()
        for is_ascii in (True, False)
    )


def _as_windows(byte: int) -> str:
    """Return how a byte is shown if text is misread as Windows text."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _find(text: bytes, needles: _Needles) -> str | None:
    """Return the name of the first secret in a text."""
    for kind, reading in encodings.readings(Text(text)):
        for needle, name in needles[kind].items():
            if needle in reading.content:
                return name
    return None


def _spans(text: bytes, needles: _Needles) -> Iterator[tuple[int, int]]:
    """Yield the positions of secrets in a text, in any decoding."""
    for kind, reading in encodings.readings(Traced.of(text)):
        for needle in needles[kind]:
            begin = reading.content.find(needle)
            while begin >= 0:
                end = begin + len(needle)
                yield reading.begins[begin], reading.ends[end - 1]
                begin = reading.content.find(needle, end)


def _replace(text: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """Return a text in which the mark replaces each run of overlapping spans, which must be sorted."""
    made, done, last = bytearray(), 0, -1
    for begin, end in spans:
        if begin > last:
            made += text[done:begin] + MARK.encode()
        done = last = max(end, last)
    return bytes(made + text[done:])


def _as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
