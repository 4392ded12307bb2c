"""Thousands of inputs for each parser of something that others wrote: 0 unhandled exceptions, 0 hangs."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.figures import Say
from tests.fuzz.parsers import MAX_SECONDS, TARGETS
from tests.real.durability.extent import IS_WHOLE

pytestmark = pytest.mark.real_parts

INPUTS = 10_000 if IS_WHOLE else 2_000


@pytest.mark.parametrize("name", TARGETS)
def test_thousands_of_damaged_payloads_are_read_or_refused(name: str, say: Say) -> None:
    target = TARGETS[name]
    for payload in target.payloads():  # whole ones, so that no damaged one is charged with an import
        target.check(payload)
    seconds: list[float] = []

    @settings(
        max_examples=INPUTS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(content=target.inputs())
    def feed(content: bytes) -> None:
        began = time.thread_time()
        target.check(content)
        seconds.append(time.thread_time() - began)

    feed()
    assert len(seconds) >= INPUTS
    assert max(seconds) < MAX_SECONDS
    say(f"{name}: {len(seconds)} inputs in {sum(seconds):.1f} s, the slowest {max(seconds):.3f} s")
