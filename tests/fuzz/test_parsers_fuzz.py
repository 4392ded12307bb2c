"""Whatever anybody sends: a result or the documented refusal, soon.

``python -m tests.bench.fuzz`` feeds as many inputs as there is time for.
"""

from __future__ import annotations

import pytest

from tests.fuzz.parsers import TARGETS, HangError

SEED = 0
FEW = 200


@pytest.mark.parametrize("name", TARGETS)
def test_a_damaged_payload_is_read_or_refused(name: str) -> None:
    target = TARGETS[name]
    for number in range(FEW):
        content = target.input(SEED, number)
        try:
            target.check(content)
        except (Exception, HangError) as error:
            error.add_note(f"input {number} of seed {SEED}: {content[:2000]!r}")
            raise


@pytest.mark.parametrize("name", TARGETS)
def test_an_input_is_the_same_each_time_and_another_for_another_number(name: str) -> None:
    target = TARGETS[name]
    first = [target.input(SEED, number) for number in range(FEW)]
    assert first == [target.input(SEED, number) for number in range(FEW)]
    assert len(set(first)) > FEW * 0.8


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
    for payload in target.payloads:
        target.check(payload)
