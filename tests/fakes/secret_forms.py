"""What becomes of a secret on its way: each form in which a server, a log or a document may repeat it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

Encode = Callable[[str], str]

FORMS: dict[str, Encode] = {
    "as it is": lambda text: text,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text))[1:-1],
    "in JSON, each character": lambda text: "".join(f"\\u{unit:04X}" for unit in _utf16(text)),
    "in a URL": lambda text: quote(text, safe=""),
    "in a URL, small letters": lambda text: re.sub(
        "%..", lambda found: found[0].lower(), quote(text, safe="")
    ),
    "in a form": quote_plus,
    "in a URL in a URL": lambda text: quote(quote(text, safe=""), safe=""),
    "in HTML": html.escape,
    "in HTML, each character": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "in JSON in HTML": lambda text: html.escape(json.dumps(text)),
    "in Python": lambda text: ascii(text)[1:-1],
    "in a login": lambda text: f"Basic {_base64(f'operator:{text}')}",
    "in a login, URL-safe": lambda text: _base64(f"me:{text}").translate(str.maketrans("+/", "-_")),
    "in a login in a URL": lambda text: quote(_base64(f"a:{text}"), safe=""),
    "in a header": lambda text: f"Authorization: Bearer {text}\r\n",
}


def every_form(text: str) -> Iterator[bytes]:
    """Yield a secret in each form, in a file of text and in one of JSON."""
    for encode in FORMS.values():
        yield encode(text).strip().encode()
        yield json.dumps(encode(text).strip())[1:-1].encode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _utf16(text: str) -> Iterator[int]:
    encoded = text.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(encoded[place : place + 2]) for place in range(0, len(encoded), 2))
