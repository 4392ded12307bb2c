"""Which hosts are not on the public internet, in every spelling that a library or a proxy understands.

The list is kept here so that it is the same with every version of Python. Source: IANA's registries of
special-purpose IPv4 and IPv6 addresses (RFC 6890 and its updates), looked at on 2026-11-30.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_4 = tuple(
    IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")
)
"""not public, within the public range; 2001::/23 contains Teredo"""
_CARRIERS = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
"""blocks whose addresses lead to an IPv4 address, and how many bits that address is shifted by"""
_DOTS = re.compile(r"[.。．｡]")
_NUMBER = re.compile(r"0x[0-9a-f]*|\d+")
_LOCAL_NAMES = (
    *(".localhost", ".localdomain", ".local", ".internal", ".home.arpa"),
    *(".lan", ".home", ".corp", ".intranet", ".private"),
)
"""besides names without a dot: only a network's own name server knows them, maybe that of a proxy"""


def is_private(host: str) -> bool:
    """Return whether a host is, by its name or number alone, one that the public internet cannot reach."""
    name = unicodedata.normalize("NFKC", host).strip("[]").partition("%")[0].lower()
    try:
        return _is_private_address(ip_address(name))
    except ValueError:
        pass
    labels = [label for label in _DOTS.split(name) if label]
    if labels and _NUMBER.fullmatch(labels[-1]):
        address = _read_numbers(labels)
        return address is None or _is_private_address(address)  # what is not an address is not a name either
    return len(labels) < 2 or f".{'.'.join(labels)}".endswith(_LOCAL_NAMES)


def _is_private_address(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in block for block in _NOT_PUBLIC_4)
    for block, shift in _CARRIERS:
        if address in block:
            return _is_private_address(IPv4Address(int(address) >> shift & 0xFFFFFFFF))
    return address not in _PUBLIC_6 or any(address in block for block in _NOT_PUBLIC_6)


def _read_numbers(labels: list[str]) -> IPv4Address | None:
    """Return the address that up to four decimal, octal or hexadecimal numbers denote (``inet_aton``)."""
    if len(labels) > 4:
        return None
    try:
        *firsts, last = (_read_number(label) for label in labels)
    except ValueError:
        return None
    if any(first > 255 for first in firsts) or last >= 256 ** (4 - len(firsts)):
        return None
    return IPv4Address(sum(first << 24 - 8 * place for place, first in enumerate(firsts)) + last)


def _read_number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)
