"""Whatever anybody sends: a result or the documented refusal, soon.

``tests/real/durability`` feeds 10,000 inputs to each parser.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.parsers import TARGETS

FEW = 40


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=FEW, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_payload_is_read_or_refused(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    target.check(data.draw(target.inputs()))


HARD = [
    ("yaml", b"expected_stations: " + b":".join([b"59"] * 60_000)),
    ("yaml", b"\n".join(b"stage%d_ingestion: 1" % number for number in range(9000))),
    ("yaml", b"mo" * 300 + b": 1"),
    ("model reply", b"```" + b" " * 100_000),
    ("model answer", b'{"error": ' + b'[{"text":' * 450 + b'"deep"' + b"}]" * 450 + b"}"),
    ("wiki answer", b'{"error": {"code": "' + b"A" * 100_000 + b'"}}'),
    ("checkpoint", b'{"' + b"A" * 100_000 + b'": 1}'),
    ("manifest", b'{"' + b"A" * 100_000 + b'": 1}'),
    *((name, b'{"schema_version": ' + b"9" * 200_000 + b"}") for name in ("checkpoint", "manifest")),
    *((name, b'{"stages": ' + b"[" * 100_000 + b"]" * 100_000 + b"}") for name in ("checkpoint", "manifest")),
]


@pytest.mark.parametrize(("name", "content"), HARD, ids=[name for name, _ in HARD])
def test_what_once_took_a_second_or_filled_a_message_does_no_more(name: str, content: bytes) -> None:
    TARGETS[name].check(content)


@pytest.mark.parametrize("name", TARGETS)
def test_an_undamaged_payload_is_read(name: str) -> None:
    target = TARGETS[name]
    for payload in target.payloads():
        target.check(payload)
