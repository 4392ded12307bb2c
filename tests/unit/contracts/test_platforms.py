from __future__ import annotations

import pytest
from pydantic import ValidationError

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import PlatformLink, link_platform


@pytest.mark.parametrize("confidence", [Confidence.MEDIUM, Confidence.LOW])
def test_a_platform_of_another_building_is_led_to_with_less_than_high_confidence(
    confidence: Confidence,
) -> None:
    link = PlatformLink(platform_id="a-nsl-NS2", is_same_building=False, confidence=confidence)
    assert link.confidence is confidence
    with pytest.raises(ValidationError, match="in another building; expected a confidence of medium or low"):
        PlatformLink(platform_id="a-nsl-NS2", is_same_building=False, confidence=Confidence.HIGH)


@pytest.mark.parametrize(("is_same", "confidence"), [(True, Confidence.HIGH), (False, Confidence.MEDIUM)])
def test_a_link_is_as_sure_as_its_building_allows(is_same: bool, confidence: Confidence) -> None:
    assert link_platform("a-nsl-NS2", is_same_building=is_same).confidence is confidence
