"""Ways to damage a payload: bytes put in, cut out, repeated, values replaced, and what parsers choke on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

MAX_PIECE = 60
DEEP = 3000

POISONS: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",  # half of a surrogate pair
    "\u202e\u2066\u200b\u0085\u2028\u2029".encode(),
    b"\x1b[2J\x1b]0;title\x07",
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b'[{"text":' * DEEP,
    b'{"properties":{"Description":' * 300,
    b"<div>" * DEEP,
    b"<table><tr><td>" * 500,
    b"<b><i>" * DEEP,
    b"<td colspan=999999999 rowspan=999999999>",
    b"<td colspan=-1 rowspan=x>",
    b"<!--" * 500,
    b"&#x110000;&#0;&lt;&bogus;" * 100,
    b"<script>alert(1)</script><style>*{}</style>",
    b"<![CDATA[<?php <!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"9" * 5000,
    b"-0.0e-999999",
    b"1e999999",
    b"NaN",
    b"Infinity",
    b"true",
    b"null",
    b'"' + b"A" * 100_000 + b'"',
    b"A" * 100_000,
    b"Exit A " * 3000,
    b", ; / " * 3000,
    b" " * 50_000,
    b"\n" * 50_000,
    b"\t- " * 2000,
    b"&a [*a, *a]",
    b"!!python/object/apply:os.system ['true']",
    b"a: &x [*x]",
    b"? " * 500,
    b"../../../etc/passwd",
    b"2026-02-30T25:61:61Z",
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["NIL", "1.35", "nan", "\u202e", "A" * 1000, "-0", "NS13", "\x00", "<b>", "9" * 400]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def damaged(draw: st.DrawFn, payloads: Sequence[bytes]) -> bytes:
    """Draw anything from arbitrary bytes to a payload with one byte too many."""
    how = draw(st.integers(0, 9))
    if how == 0:
        return draw(st.binary(max_size=200))
    content = draw(st.sampled_from(payloads))
    if how <= 3 and content.lstrip()[:1] in (b"{", b"["):
        return _with_another_value(draw, content)
    for _ in range(draw(st.integers(1, 3))):
        content = _cut_and_filled(draw, content, payloads)
    return content


def _with_another_value(draw: st.DrawFn, content: bytes) -> bytes:
    document = json.loads(content)
    for _ in range(draw(st.integers(1, 3))):
        document = _replaced(draw, document)
    return json.dumps(document, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


def _replaced(draw: st.DrawFn, value: Any) -> Any:
    """Return plain data with one value somewhere in it replaced or taken out."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = draw(st.sampled_from(keys))
    copied = value.copy()
    if draw(st.integers(0, 9)) == 0:
        del copied[key]
    else:
        copied[key] = _replaced(draw, value[key])
    return copied


def _cut_and_filled(draw: st.DrawFn, content: bytes, payloads: Sequence[bytes]) -> bytes:
    """Return a payload from which a piece is cut, and something else put in its place."""
    start = draw(st.integers(0, len(content)))
    end = draw(
        st.sampled_from((start, min(len(content), start + draw(st.integers(0, MAX_PIECE))), len(content)))
    )
    piece = draw(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(POISONS),
            st.sampled_from(payloads).map(lambda other: other[:2000]),
            st.just(content[max(0, start - MAX_PIECE) : start] * 20),
        )
    )
    return content[:start] + piece + content[end:]
