"""Thousands of inputs for each parser of something that others wrote: 0 unhandled exceptions, 0 hangs.

Other inputs each time; ``python -m tests.bench.fuzz --again`` repeats one by the seed that a fault names.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.bench.fuzz import Fed
from tests.figures import Say
from tests.fuzz.parsers import MAX_SECONDS, TARGETS
from tests.real.durability.extent import IS_WHOLE

pytestmark = pytest.mark.real_parts

INPUTS = 10_000 if IS_WHOLE else 2_000


@pytest.mark.parametrize("name", TARGETS)
def test_thousands_of_damaged_payloads_are_read_or_refused(name: str, tmp_path: Path, say: Say) -> None:
    target = TARGETS[name]
    for payload in target.payloads:  # whole ones, so that no damaged one is charged with an import
        target.check(payload)
    fed = Fed(target, time.time_ns() % 10**6, tmp_path)
    for number in range(INPUTS):
        fed.feed(number)
    assert not fed.faults, fed.faults
    assert fed.slowest_s < MAX_SECONDS, fed.again(fed.slowest)
    say(
        f"{name}: {fed.inputs} inputs in {fed.seconds:.1f} s, the slowest {fed.slowest_s:.3f} s "
        f"(seed {fed.seed})"
    )
