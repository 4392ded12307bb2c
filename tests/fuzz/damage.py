"""Ways to damage a payload, drawn from a seeded ``random.Random``: the same seed gives the same damage.

Bytes are flipped, cut, repeated, moved and inserted in any format; before that, valid JSON, HTML, zip files
and tables are edited as such. Hypothesis is not used: drawing an example from nested strategies took far
longer than a parser takes to read one.
"""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

MAX_PIECE = 60
SMALL_BYTES = 500
DEEP = 3000
ARBITRARY_BYTES, EDITED, EDITED_ONLY, WHOLE, LARGE_POISON = 0.03, 0.75, 0.8, 0.002, 0.02
"""how often an input is arbitrary, is edited in its format, is only edited, comes from a whole payload, and
contains something that takes long to read"""

POISONS: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",  # half of a surrogate pair
    "\u202e\u2066\u200b\u0085\u2028\u2029".encode(),
    b"\x1b[2J\x1b]0;title\x07",
    b"<td colspan=999999999 rowspan=999999999>",
    b"<td colspan=-1 rowspan=x>",
    b"<script>alert(1)</script><style>*{}</style>",
    b"<![CDATA[<?php <!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"-0.0e-999999",
    b"1e999999",
    b"NaN",
    b"Infinity",
    b"true",
    b"null",
    b"&a [*a, *a]",
    b"!!python/object/apply:os.system ['true']",
    b"a: &x [*x]",
    b"../../../etc/passwd",
    b"2026-02-30T25:61:61Z",
)
REPEATED: tuple[tuple[bytes, int], ...] = (
    (b"[", DEEP),
    (b'{"a":', DEEP),
    (b'[{"text":', DEEP),
    (b'{"properties":{"Description":', 300),
    (b"<div>", DEEP),
    (b"<table><tr><td>", 500),
    (b"<b><i>", DEEP),
    (b"<!--", 500),
    (b"&#x110000;&#0;&lt;&bogus;", 100),
    (b"9", 5000),
    (b"A", 100_000),
    (b"Exit A ", 3000),
    (b", ; / ", 3000),
    (b" ", 50_000),
    (b"\n", 50_000),
    (b"\t- ", 2000),
    (b"? ", 500),
)
"""sequences that are slow for parsers in large numbers, with such a number"""
TEXTS = (
    "NIL",
    "1.35",
    "nan",
    "\u202e",
    "A" * 1000,
    "-0",
    "NS13",
    "\x00",
    "<b>",
    "9" * 400,
    "",
    " ",
    "\ud800",
)
RANGES = ((0x20, 0x7E), (0x00, 0x1F), (0xA0, 0x2FF), (0x2000, 0x206F), (0x4E00, 0x9FFF), (0x1F300, 0x1F64F))
WORDS = b"Exit A;A/B;not;lift;no lift;until 2030;(closed);1;-1;\xe2\x80\xa0;NS13;towards Jurong East".split(
    b";"
)
ATTRIBUTES = (
    *(
        b' colspan="2"',
        b' rowspan="0"',
        b" colspan=9999",
        b' style="display:none"',
        b" hidden",
        b' class="a b',
    ),
    *(b' style="color:', b" id=\x00", b' href="javascript:x"', b" = ", b' title="\xe2\x80\xae"'),
    *(b' title="Exit A\x14"', b' alt="closed\x14"', b' class="tabbertab"', b' class="tabber__tab"'),
)
TOKEN = re.compile(rb"<[^>]*>|[^<]+|<")
TAG_NAME = re.compile(rb"(?<=<)/?[a-z0-9]+")
TAG_NAMES = (
    b"td",
    b"/td",
    b"table",
    b"/table",
    b"tr",
    b"th",
    b"ul",
    b"/li",
    b"h3",
    b"s",
    b"script",
    b"option",
)
DELIMITERS = (b",", b";", b"\t", b":")


def damaged(chance: Random, payloads: Sequence[bytes], whole: Sequence[bytes]) -> bytes:
    """Return anything from arbitrary bytes to a payload with one byte too many.

    Args:
        chance: source of randomness.
        payloads: small ones, from which most inputs are made.
        whole: payloads used occasionally.
    """
    if chance.random() < ARBITRARY_BYTES:
        return chance.randbytes(chance.randrange(200))
    content = chance.choice(whole if chance.random() < WHOLE else payloads)
    if chance.random() < EDITED:
        content = _editor_of(content)(chance, content)
        if chance.random() < EDITED_ONLY:
            return content
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(BYTE_EDITS)(chance, content, payloads)
    return content


# Bytes, regardless of their meaning


def _flip_bits(chance: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _number in range(min(len(changed), chance.choice((1, 1, 2, 8)))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _truncate(chance: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, content, len(content))
    return chance.choice((content[:start], content[start:], content[start:end]))


def _cut(chance: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, content)
    return content[:start] + content[end:]


def _repeat(chance: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, content)
    return content[:start] + content[start:end] * chance.choice((2, 2, 20)) + content[end:]


def _swap(chance: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, content)
    later, last = (end + place for place in _slice(chance, content[end:]))
    parts = (content[:start], content[later:last], content[end:later], content[start:end], content[last:])
    return b"".join(parts)


def _put_in(chance: Random, content: bytes, payloads: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, content)
    piece = chance.choice((_poison, _poison, lambda _: chance.choice(payloads)[:2000], _few_bytes))(chance)
    return content[:start] + piece + content[chance.choice((start, end, len(content))) :]


BYTE_EDITS: tuple[Callable[[Random, bytes, Sequence[bytes]], bytes], ...] = (
    *(_flip_bits, _truncate, _cut, _repeat, _swap, _put_in, _put_in),
)


def _slice(chance: Random, content: bytes, longest: int = MAX_PIECE) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.randint(0, longest))


def _few_bytes(chance: Random) -> bytes:
    return chance.randbytes(chance.randrange(20))


def _poison(chance: Random) -> bytes:
    if chance.random() < 0.5:
        return chance.choice(POISONS)
    piece, enough = chance.choice(REPEATED)
    return piece * (enough if chance.random() < LARGE_POISON else chance.randint(1, max(1, enough // 50)))


# JSON


def _edit_json(chance: Random, content: bytes) -> bytes:
    document = json.loads(content)
    for _ in range(chance.randint(1, 3)):
        document = _edited(chance, document)
    written = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass")
    if chance.random() < 0.1:  # not valid JSON: numbers out of range, and repeated keys
        number = chance.choice([place.span() for place in re.finditer(rb"-?\d+\.?\d*", written)] or [(0, 0)])
        written = written[: number[0]] + _poison(chance) + written[number[1] :]
    if chance.random() < 0.1:
        written = re.sub(rb'\{("[^"]*": *[^,{}\[\]]+)', rb"{\1, \1", written, count=1)
    return written


def _edited(chance: Random, value: Any) -> Any:
    """Return plain data in which one value is replaced, moved, repeated, wrapped or removed."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return _replacement(chance, value)
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    key, other = chance.choice(keys), chance.choice(keys)
    how = chance.random()
    if how < 0.8:
        value[key] = _edited(chance, value[key])
    elif how < 0.87:
        del value[key]
    elif how < 0.94:
        value[key], value[other] = value[other], value[key]
    elif isinstance(value, list):
        value.insert(other, value[key])
    else:
        value[chance.choice((str(key).upper(), _text(chance), "__proto__", ""))] = value.pop(key)
    return value


def _replacement(chance: Random, value: Any) -> Any:
    how = chance.randrange(4)
    if how == 0:
        return _wrapped(chance, value)
    return _of_another_type(value) if how == 1 else _value(chance)


def _of_another_type(value: Any) -> Any:
    """Return what a careless program would write instead."""
    if isinstance(value, str):
        return [value] if len(value) % 2 else {"value": value}
    if isinstance(value, bool) or value is None:
        return str(value)
    return list(value.items()) if isinstance(value, dict) else str(value)


def _wrapped(chance: Random, value: Any) -> Any:
    for _ in range(chance.choice((1, 2, 30, 200))):
        value = [value] if chance.random() < 0.5 else {"a": value}
    return value


def _value(chance: Random, depth: int = 0) -> Any:
    kind = chance.randrange(9 if depth < 2 else 7)
    if kind == 7:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 8:
        return {_text(chance): _value(chance, depth + 1) for _ in range(chance.randrange(4))}
    if kind == 0:
        return chance.choice((None, True, False))
    if kind == 1:
        return chance.choice((0, -1, 2**31, 2**63, chance.randint(-(2**63), 2**64 - 1), 10**400))
    if kind == 2:
        return chance.choice(
            (0.0, -0.0, 5e-324, 1.7e308, float("nan"), float("-inf"), chance.uniform(-200, 200))
        )
    return _text(chance)


def _text(chance: Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(TEXTS)
    return "".join(chr(chance.randint(*chance.choice(RANGES))) for _ in range(chance.randrange(20)))


# HTML and XML


def _edit_markup(chance: Random, content: bytes) -> bytes:
    tokens = TOKEN.findall(content)
    for _ in range(chance.randint(1, 4)):
        place, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        tokens[place : place + 1] = chance.choice(TOKEN_EDITS)(chance, tokens[place], tokens[other])
        if not tokens:
            break
    return b"".join(tokens)


def _retag(chance: Random, token: bytes, _: bytes) -> list[bytes]:
    return [TAG_NAME.sub(chance.choice(TAG_NAMES), token, count=1)]


def _give_attribute(chance: Random, token: bytes, _: bytes) -> list[bytes]:
    return [token[:-1] + chance.choice(ATTRIBUTES) + token[-1:]]


def _say_more(chance: Random, token: bytes, _: bytes) -> list[bytes]:
    return [token, b" " + chance.choice((*WORDS, _text(chance).encode(errors="surrogatepass"))) + b" "]


TOKEN_EDITS: tuple[Callable[[Random, bytes, bytes], list[bytes]], ...] = (
    lambda _chance, _token, _other: [],
    lambda _chance, token, other: [token, other],
    lambda _chance, _token, other: [other],
    lambda chance, token, other: [token, other] * chance.choice((1, 2, 10)),
    *(_retag, _give_attribute, _say_more),
)


# Tables: lines of cells, as in CSV and, for lack of better, in YAML


def _edit_table(chance: Random, content: bytes) -> bytes:
    delimiter = max(DELIMITERS, key=content.count)
    rows = [line.split(delimiter) for line in content.split(b"\n")]
    for _ in range(chance.randint(1, 3)):
        row = chance.choice(rows)
        place = chance.randrange(len(row))
        how = chance.randrange(6)
        if how == 0:
            row[place] = chance.choice((_text(chance).encode(errors="surrogatepass"), _poison(chance)))
        elif how == 1:
            row[place : place + 1] = chance.choice(
                ([], [row[place]] * 2, [b'"' + row[place]], [b"  " + row[place]])
            )
            row[:] = row or [b""]
        elif how == 2:
            other = chance.choice(rows)
            row[place], other[-1] = other[-1], row[place]
        elif how == 3:
            rows.insert(chance.randrange(len(rows)), list(row))
        elif how == 4 and len(rows) > 1:
            rows.remove(row)
        else:
            delimiter = chance.choice(DELIMITERS)
    return b"\n".join(map(delimiter.join, rows))


# Zip files


def _edit_archive(chance: Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(chance.randint(1, 2)):
        place = chance.randrange(len(members))
        name, table = members[place]
        how = chance.randrange(7)
        if how < 3:
            members[place] = (name, _edit_table(chance, table))
        elif how == 3:
            members[place] = (name, chance.choice(BYTE_EDITS)(chance, table, [table]))
        elif how == 4:
            members.append((chance.choice((name, f"feed/{name}", "../../x", _plain_text(chance))), table))
        elif how == 5:
            members[place] = (chance.choice((name.upper(), members[0][0], _plain_text(chance))), table)
        elif len(members) > 1:
            del members[place]
    return _archive_of(members, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)))


def _plain_text(chance: Random) -> str:
    return _text(chance).encode(errors="replace").decode().replace("\x00", "") or "x"


def _archive_of(members: Sequence[tuple[str, bytes]], compression: int) -> bytes:
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # repeated names are one of the kinds of damage
        with zipfile.ZipFile(written, "w", compression) as archive:
            for name, table in members:
                archive.writestr(zipfile.ZipInfo(name), table, compression)
    return written.getvalue()


def _editor_of(content: bytes) -> Callable[[Random, bytes], bytes]:
    """Return the function that edits a payload in its own format."""
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:2]
    if start == b"PK":
        return _edit_archive
    if start[:1] in (b"{", b"["):
        return _edit_json
    return _edit_markup if start[:1] == b"<" else _edit_table


def few_records(content: bytes, number: int = 3) -> tuple[bytes, ...]:
    """Return a payload's first, middle and last records, each as a payload that is read in microseconds.

    The records are the items of its longest list or the rows of a table. For a page, each section is
    returned, unless it must be complete to be valid; a zip file or a small payload is returned unchanged.
    """
    editor = _editor_of(content)
    if len(content) < SMALL_BYTES:
        return (content,)
    if editor is _edit_json:
        return _few_items(json.loads(content), number) or (content,)
    if editor is _edit_archive:
        return (content,)
    if editor is _edit_markup:
        sections = re.split(rb"(?=<h[2-6])", content)
        return (content,) if b"</html>" in content else tuple(filter(None, sections))
    head, *rows = content.splitlines(keepends=True)
    return tuple(b"".join((head, *some)) for some in _thirds(rows, number))


def _few_items(document: Any, number: int) -> tuple[bytes, ...]:
    if isinstance(document, list):
        return tuple(json.dumps(some).encode() for some in _thirds(document, number))
    lists = {key: value for key, value in document.items() if isinstance(value, list)}
    if not lists:
        return ()
    longest = max(lists, key=lambda key: len(lists[key]))
    return tuple(json.dumps(document | {longest: some}).encode() for some in _thirds(lists[longest], number))


def _thirds(records: list[Any], number: int) -> list[list[Any]]:
    """Return some of the first, middle and last records, without repetition."""
    if len(records) <= number:
        return [records]
    middle = max(0, len(records) // 2 - number // 2)
    return [records[:number], records[middle : middle + number], records[-number:]]
