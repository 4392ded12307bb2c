"""The formats that lineage events are checked for."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.formats import is_date_time, is_uri, is_uuid

TO_THE_MINUTE = re.compile(r".*[+-]\d\d:\d\d")
"""zones of long ago had seconds, which RFC 3339 cannot write"""


@pytest.mark.parametrize(
    "text",
    [
        "pkg:generic/mrt-data-pipeline@2.0.0",
        "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "https://singaporemrt.fandom.com/wiki/King_Albert_Park_(MRT)?oldid=7",
        "http://me@[::1]:8080/a%20b/c?d=/e?f#g",
        "http://a",
        "mailto:me@example.org",
        "file:///a",
        "x:",
    ],
)
def test_a_uri_is_one(text: str) -> None:
    assert is_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "/a/b",
        "//a/b",
        "http://a b",
        "http://a/ä",
        "http://a/%2",
        "1x:y",
        "http://[::1",
        "x:[",
        "x:y\n",
    ],
)
def test_what_is_no_uri_is_none(text: str) -> None:
    assert not is_uri(text)


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_is_one_if_it_has_a_zone(moment: datetime) -> None:
    text = moment.isoformat()
    assert is_date_time(text) == bool(TO_THE_MINUTE.fullmatch(text))
    assert not is_date_time(moment.replace(tzinfo=None).isoformat())


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",
        "2026-11-23 08:12:03Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-23T24:01:00Z",
        "20261123T081203Z",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert not is_date_time(text)


@given(st.uuids())
def test_a_uuid_is_one_only_as_it_is_written_out(value: UUID) -> None:
    assert is_uuid(str(value))
    assert not any(map(is_uuid, (value.hex, value.urn, f"{{{value}}}", str(value)[:-1])))
