"""Find the secrets in a URL: login, parameters such as a signature, path parts that look like a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mrt_pipeline.secrecy.known import MIN_CHARS

_SECRET_NAME = re.compile(
    r"pass|secret|token|credential|signature|policy|api-?key|(^|[_-])(key|sig|auth)($|[_-])"
)
_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[^/]*")
"""words such as ``services`` have no digit"""


def is_secret_name(name: str) -> bool:
    """Return whether the name of a variable or parameter suggests that it holds a secret."""
    return _SECRET_NAME.search(name.lower()) is not None


def secrets_of_login(url: str) -> Iterator[str]:
    """Yield the password of a URL with a login, as written and decoded."""
    parts = _split(url)
    if parts is not None and (password := _login(parts)[1]):
        yield from _both(password)


def secrets_of_query(url: str) -> Iterator[str]:
    """Yield the secrets in the query of a URL, such as the signature of a link that anyone may follow."""
    parts = _split(url)
    for name, value in parse_qsl(parts.query) if parts is not None else ():
        if is_secret_name(name) and len(value) >= MIN_CHARS:
            yield value


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
