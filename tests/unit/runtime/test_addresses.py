from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.runtime.addresses import is_private

PRIVATE = (
    *("127.0.0.1", "127.255.0.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "169.254.169.254"),  # noqa: S104
    *("172.31.255.254", "192.0.0.192", "192.168.0.1", "224.0.0.1", "255.255.255.255"),
)
PUBLIC = ("8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "192.0.1.1", "223.255.255.255")


def spellings_of(address: str) -> Iterator[str]:
    """Yield ways to write an IPv4 address that some resolver, library or proxy understands."""
    number, (a, b, c, d) = int(IPv4Address(address)), address.split(".")
    low = f"{number:08x}"
    yield from (address, f"{address}.", str(number), hex(number), hex(number).upper(), f"0{number:o}")
    yield from (f"{a}.{b}.{int(c) * 256 + int(d)}", f"{a}.{number & 0xFFFFFF}")
    yield from (
        f"0x{int(a):x}.{b}.{c}.{d}",
        f"0{int(a):o}.{b}.{c}.{d}",
        f"000{int(a):o}.0x{int(b):x}.{c}.0{int(d):o}",
    )
    yield from (address.replace(".", dot) for dot in "。．｡")
    yield "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in address)
    yield from (f"::ffff:{address}", f"[::ffff:{low[:4]}:{low[4:]}]", f"64:ff9b::{address}")
    yield from (f"2002:{low[:4]}:{low[4:]}::1", f"[2002:{low[:4]}:{low[4:]}::]")


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_known_in_every_spelling(address: str) -> None:
    assert [spelling for spelling in spellings_of(address) if not is_private(spelling)] == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public_in_every_spelling(address: str) -> None:
    assert [spelling for spelling in spellings_of(address) if is_private(spelling)] == []


@pytest.mark.parametrize(
    "host",
    [
        *("::", "::1", "[::1]", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "100::1", "64:ff9b:1::1"),
        *("::127.0.0.1", "::93.184.215.14", "2001::1", "2001:db8::1", "5f00::1", "1234::1"),
        *("localhost", "LOCALHOST.", "a.localhost", "metadata.google.internal", "printer.local"),
        *("", "intranet", "intranet.", "router.lan", "files.corp", "tv.home"),
        *("1.2.3.4.5", "256.1.1.1", "4294967296", "0x1ffffffff", "1.2.3.0xg.9", "08.8.8.8", "a.1"),
    ],
)
def test_what_the_internet_does_not_reach_is_private(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize(
    "host",
    [
        *("service.example", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "not.localhost.example"),
        *("1.example", "x7f.de", "lan.example"),
    ],
)
def test_other_names_and_addresses_are_public(host: str) -> None:
    assert not is_private(host)


@given(st.ip_addresses(v=4))
def test_spellings_of_an_address_are_judged_like_itself(address: IPv4Address) -> None:
    expected = is_private(str(address))
    assert {is_private(spelling) for spelling in spellings_of(str(address))} == {expected}


@given(st.text(alphabet="0123456789abcdefx.", min_size=1, max_size=16))
def test_every_number_that_the_system_takes_for_a_private_address_is_private(host: str) -> None:
    try:
        address = socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return
    assert is_private(host) >= is_private(address)
