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


@pytest.mark.parametrize("name", TARGETS)
def test_an_undamaged_payload_is_read(name: str) -> None:
    target = TARGETS[name]
    for payload in target.payloads():
        target.check(payload)
