"""What is known to be secret, and whether a text holds any of it, in whatever form."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mrt_pipeline.secrecy import encodings
from mrt_pipeline.secrecy.encodings import DECODERS, Traced

MARK = "[secret]"

LEAST_CHARS = 8
"""a secret of so many characters is found wherever it stands, in documents and in messages"""
LEAST_SHORT_CHARS = 4
"""a shorter one is taken out of messages only, where it stands alone; one below that would hide every "a\""""
LEAST_SQUEEZED = 16
"""a secret so long is found across line breaks and blanks too"""
_REPEATS = 3


@dataclass(frozen=True, slots=True)
class _Needle:
    """One form of a secret."""

    text: bytes
    name: str
    stands_alone: bool = False

    def spans(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Yield where it is in a text."""
        begin = text.find(self.text)
        while begin >= 0:
            end = begin + len(self.text)
            if is_whole := not (self.stands_alone and _is_of_word(text, begin - 1, end)):
                yield begin, end
            begin = text.find(self.text, end if is_whole else begin + 1)

    def is_in(self, text: bytes) -> bool:
        """Return whether it is in a text."""
        return self.text in text and (not self.stands_alone or next(self.spans(text), None) is not None)


@dataclass(frozen=True, slots=True)
class _Needles:
    """What to look for in a text as it is or with one encoding undone, in a plain, and in a squeezed one."""

    as_is: tuple[_Needle, ...] = ()
    plain: tuple[_Needle, ...] = ()
    squeezed: tuple[_Needle, ...] = ()


class KnownSecrets:
    """The secrets of a process; may be shared by threads. Showing it shows none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Know nothing any more."""
        self._names: dict[str, str] = {}
        self._public: frozenset[str] = frozenset()
        self._in_documents = self._in_messages = _Needles()

    def learn(self, name: str, *texts: str) -> None:
        """Take texts for secret from now on.

        Args:
            name: what they are called in an error, e.g. the variable that holds them; no secret.
            texts: the secrets; blanks around them, and those below ``LEAST_SHORT_CHARS``, are not looked for.
        """
        wanted = {
            text for text in map(str.strip, texts) if len(text) >= LEAST_SHORT_CHARS and text not in MARK
        }
        if wanted <= self._names.keys():
            return
        with self._lock:
            self._names = {**dict.fromkeys(wanted, name), **self._names}
            self._prepare()

    def allow(self, text: str) -> None:
        """Take what a text holds for public, such as an address that is sent to everyone."""
        if text in self._public:
            return
        with self._lock:
            self._public |= {text}
            self._prepare()

    def find(self, *texts: str | bytes) -> str | None:
        """Return the name of a secret that one of some documents holds, or none."""
        if not self._in_documents.as_is:
            return None
        return next((name for text in texts if (name := _find(_as_bytes(text), self._in_documents))), None)

    def redact(self, text: str) -> str:
        """Return a message with ``[secret]`` in place of each secret."""
        if not self._in_messages.as_is:
            return text
        content = _as_bytes(text)
        for _ in range(_REPEATS):
            if _find(content, self._in_messages) is None:
                return text if content == _as_bytes(text) else content.decode("utf-8", "replace")
            content = _replace(content, sorted(_spans(content, self._in_messages)))
        return MARK

    def redacted(self, value: Any) -> Any:
        """Return plain data (of JSON, or that is written as its text) with every text in it redacted."""
        if not self._in_messages.as_is or value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self.redacted(key): self.redacted(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.redacted(item) for item in value]
        return self.redact(str(value))

    def _prepare(self) -> None:
        """Make what is looked for; whoever searches meanwhile has the old one or the new one, whole."""
        hidden = {
            text: name
            for text, name in self._names.items()
            if not any(text in public for public in self._public)
        }
        whole = [(text, name) for text, name in hidden.items() if len(text) >= LEAST_CHARS]
        short = tuple(
            _Needle(form, name, stands_alone=True)
            for text, name in hidden.items()
            if len(text) < LEAST_CHARS
            for form in _byte_forms(text)
        )
        self._in_documents = found = _needles(whole)
        self._in_messages = _Needles((*found.as_is, *short), found.plain, found.squeezed)


def _needles(secrets: Iterable[tuple[str, str]]) -> _Needles:
    as_is, plain, squeezed = dict[bytes, str](), dict[bytes, str](), dict[bytes, str]()
    for text, name in secrets:
        for form in _byte_forms(text):
            folded = encodings.plain(form)
            coded = dict.fromkeys(encodings.base64_forms(form), name)
            as_is |= {form: name, **coded}
            plain |= {folded: name} if len(folded) >= LEAST_CHARS else {}
            tight = dict.fromkeys((encodings.squeeze(folded), *map(encodings.squeeze, coded)), name)
            squeezed |= {form: name for form, name in tight.items() if len(form) >= LEAST_SQUEEZED}
    return _Needles(*(tuple(_Needle(*item) for item in forms.items()) for forms in (as_is, plain, squeezed)))


def _byte_forms(text: str) -> tuple[bytes, ...]:
    """Return a text as UTF-8, and as ISO 8859-1 where that is another one."""
    forms = [_as_bytes(text)]
    with contextlib.suppress(UnicodeEncodeError):
        forms.append(text.encode("latin-1"))
    return tuple(dict.fromkeys(forms))


def _find(text: bytes, needles: _Needles) -> str | None:
    """Return the name of the first secret in a text; cheap readings come first."""
    if found := _first(text, needles.as_is):
        return found
    for decoder in DECODERS:
        if decoder.mark in text and (found := _first(decoder.apply(text), needles.as_is)):
            return found
    folded = encodings.plain(text)
    return _first(folded, needles.plain) or _first(encodings.squeeze(folded), needles.squeezed)


def _first(text: bytes, needles: Iterable[_Needle]) -> str | None:
    return next((needle.name for needle in needles if needle.is_in(text)), None)


def _spans(text: bytes, needles: _Needles) -> Iterator[tuple[int, int]]:
    """Yield where in a text its secrets are, however it is read."""
    given = Traced.of(text)
    folded = encodings.traced_plain(given)
    readings = [
        (given, needles.as_is),
        *((given.decoded(decoder), needles.as_is) for decoder in DECODERS if decoder.mark in text),
        (folded, needles.plain),
        (encodings.traced_squeeze(folded), needles.squeezed),
    ]
    for reading, wanted in readings:
        for needle in wanted:
            for begin, end in needle.spans(reading.text):
                yield reading.begins[begin], reading.ends[end - 1]


def _replace(text: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """Return a text with each run of overlapping spans, which are sorted, replaced by the mark."""
    made, done, last = bytearray(), 0, -1
    for begin, end in spans:
        if begin > last:
            made += text[done:begin] + MARK.encode()
        done = last = max(end, last)
    return bytes(made + text[done:])


def _is_of_word(text: bytes, *places: int) -> bool:
    return any(0 <= place < len(text) and text[place : place + 1].isalnum() for place in places)


def _as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
