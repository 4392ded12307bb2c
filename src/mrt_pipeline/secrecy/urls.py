"""Find the secrets in a URL: login, parameters such as a signature, path parts that look like a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mrt_pipeline.secrecy.known import MIN_CHARS

_SECRET_NAME = re.compile(
    r"pass|secret|token|credential|signature|policy|api-?key|(^|[_-])(key|sig|auth)($|[_-])"
)
_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[^/]*")
"""words such as ``services`` have no digit"""
_MIN_RANDOM = 20
"""random texts are that long; a number of sixteen hexadecimal digits may be one of a publisher's records"""
_RANDOM = re.compile(
    rf"(?!(?:[0-9a-f]{{0,63}}(?:[+/=_.~-]|$))+$)(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/=_.~-]{{{_MIN_RANDOM},}}"
)
"""fewer than 64 hexadecimal digits in a row may be an identifier, or a part of a checksum"""


def is_secret_name(name: str) -> bool:
    """Return whether the name of a variable or parameter suggests that it holds a secret."""
    return _SECRET_NAME.search(name.lower()) is not None


def secrets_of_login(url: str) -> Iterator[str]:
    """Yield the password of a URL with a login, as written and decoded."""
    parts = _split(url)
    if parts is not None and (password := _login(parts)[1]):
        yield from _both(password)


def secrets_of_link(url: str) -> Iterator[str]:
    """Yield the secrets in a URL that a server may have chosen: its password, and a signature or token.

    Only random texts count: if a server could make any word a secret, that word would stop a run.
    """
    parts = _split(url)
    if parts is not None:
        values = (value for name, value in parse_qsl(parts.query) if is_secret_name(name))
        yield from filter(is_random, (*secrets_of_login(url), *values))


def is_random(text: str) -> bool:
    """Return whether a text is too random to be a word, a name or an identifier of our files.

    Capitals, small letters and digits alternate often in it, as they do in hexadecimal digits and Base64.
    """
    if _RANDOM.fullmatch(text) is None:
        return False
    kinds = [char if not char.isalnum() else char.isdigit() + 2 * char.isupper() for char in text]
    changes = sum(one != other for one, other in pairwise(kinds) if {one, other} <= {0, 1, 2})
    return 4 * changes > len(text)


def secrets_of_url(url: str) -> Iterator[str]:
    """Yield the secrets in the URL of a channel, where each part may be the key."""
    parts = _split(url)
    if parts is None:
        return
    user, password = _login(parts)
    yield from _both(password)
    host = parts.netloc.rpartition("@")[2]
    words = [user, *parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    whole = [parts.path, parts.query, "" if _is_address(host) else host]
    for text in (*whole, *filter(_TOKEN.fullmatch, words)):
        if len(text) >= MIN_CHARS:
            yield from _both(text)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _login(parts: SplitResult) -> tuple[str, str]:
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return user, password


def _both(text: str) -> Iterator[str]:
    yield text
    yield unquote(text)


def _is_address(host: str) -> bool:
    """Return whether a host is a network address rather than a topic or a token, which has no dot."""
    return "." in host or host.startswith("[") or host.partition(":")[0] == "localhost"
