"""Forms of a secret: every way in which a server, a log or a document may repeat it."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
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
    "in an escape of JavaScript": lambda text: "".join(f"%u{unit:04x}" for unit in _utf16(text)),
    "in a URL in a URL": lambda text: quote(quote(text, safe=""), safe=""),
    "in HTML": html.escape,
    "in HTML, each character": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "in HTML, each character, with zeros": lambda text: "".join(f"&#x{ord(char):032x};" for char in text),
    "in JSON in HTML": lambda text: html.escape(json.dumps(text)),
    "in Python": lambda text: ascii(text)[1:-1],
    "in a login": lambda text: f"Basic {_base64(f'operator:{text}')}",
    "in a login, URL-safe": lambda text: _base64(f"me:{text}").translate(str.maketrans("+/", "-_")),
    "in a login in a URL": lambda text: quote(_base64(f"a:{text}"), safe=""),
    "in a login of JSON": lambda text: _base64(json.dumps({"password": text})),
    "in a login of JSON, letters kept": lambda text: _base64(json.dumps([text], ensure_ascii=False)),
    "in a login of a form": lambda text: _base64(f"user=me&password={quote_plus(text)}&more=1"),
    "in Base64 in Base64": lambda text: _base64(f"Basic {_base64(f'operator:{text}')}"),
    "in Base64 of Windows": lambda text: base64.b64encode(text.encode("utf-16-le", "surrogatepass")).decode(),
    "in Base64 on lines": lambda text: base64.encodebytes(b"x" * 53 + text.encode()).decode(),
    "in hexadecimal": lambda text: text.encode().hex(),
    "in hexadecimal, capitals": lambda text: text.encode().hex(":").upper(),
    "in hexadecimal of JSON": lambda text: json.dumps(text).encode().hex(" "),
    "in UTF-8 read as ISO 8859-1": lambda text: text.encode().decode("latin-1"),
    "in UTF-8 read as that of Windows": lambda text: "".join(map(_as_windows, text.encode())),
    "in bytes of Python": lambda text: repr(text.encode())[2:-1],
    "in bytes of C": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "in bytes of C, with as few digits as possible": lambda text: "".join(
        f"\\{byte:o}" for byte in text.encode()
    ),
    "in bytes of a shell": lambda text: "".join(f"\\0{byte:o}" for byte in text.encode()),
    "in numbers of C": lambda text: ", ".join(f"0x{byte:02X}" for byte in text.encode()),
    "in names of Python": lambda text: "".join(map(_named, text)),
    "in code points of JavaScript, with zeros": lambda text: "".join(
        f"\\u{{{ord(char):08x}}}" for char in text
    ),
    "in code points of JavaScript": lambda text: "".join(f"\\u{{{ord(char):x}}}" for char in text),
    "in CSV": lambda text: text.replace('"', '""'),
    "in SQL in CSV": lambda text: text.replace("'", "''").replace('"', '""'),
    "in letters apart from their accents": lambda text: unicodedata.normalize("NFD", text),
    "in small letters": str.lower,
    "in capitals": str.upper,
    "in capitals in a URL": lambda text: quote(text.upper(), safe=""),
    "with a space of no width": lambda text: f"{text[:5]}\u200b{text[5:]}",
    "with an escaped space of no width": lambda text: f"{text[:5]}\\u200b{text[5:]}",
    "with a soft hyphen": lambda text: f"{text[:5]}&shy;{text[5:]}",
    "with a joiner of accents": lambda text: f"{text[:5]}\u034f{text[5:]}",
    "with a variant of a sign": lambda text: f"{text[:5]}\ufe0f{text[5:]}",
    "with a tag": lambda text: f"{text[:5]}\U000e0041{text[5:]}",
    "with a vowel separator": lambda text: f"{text[:5]}\u180e{text[5:]}",
    "with fillers": lambda text: f"{text[:3]}\u115f{text[3:5]}\u3164{text[5:7]}\uffa0{text[7:]}",
    "with a mark of Arabic letters": lambda text: f"{text[:5]}\u061c{text[5:]}",
    "with an inherent vowel": lambda text: f"{text[:5]}\u17b4{text[5:]}",
    "with a mark of an annotation": lambda text: f"{text[:5]}\ufff9{text[5:]}",
    "with an empty pattern": lambda text: f"{text[:5]}\u2800{text[5:]}",
    "with control characters": lambda text: f"{text[:3]}\x01{text[3:5]}\x7f{text[5:]}",
    "with a line separator": lambda text: f"{text[:5]}\u2028{text[5:]}",
    "with a next line": lambda text: f"{text[:5]}\x85{text[5:]}",
    "with a movement of a terminal": lambda text: f"{text[:5]}\x1b[K{text[5:]}",
    "with colours of a terminal": lambda text: f"{text[:5]}\x1b[1;31m{text[5:]}",
    "with a place to break": lambda text: f"{text[:5]}<wbr>{text[5:]}",
    "with emphasis": lambda text: f"<b>{text[:5]}</b>{text[5:]}",
    "in a header": lambda text: f"Authorization: Bearer {text}\r\n",
}


def every_form(text: str) -> Iterator[bytes]:
    """Yield a secret in each form, in a text file and in a JSON file."""
    for encode in FORMS.values():
        yield encode(text).strip().encode()
        yield json.dumps(encode(text).strip())[1:-1].encode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _as_windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


def _named(char: str) -> str:
    name = unicodedata.name(char, "")
    return f"\\N{{{name}}}" if name else f"\\U{ord(char):08x}"


def _utf16(text: str) -> Iterator[int]:
    encoded = text.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(encoded[place : place + 2]) for place in range(0, len(encoded), 2))
