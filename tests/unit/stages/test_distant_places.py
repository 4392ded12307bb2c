"""A place that a page names at an exit, and that a record knows kilometres away."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import Landmark
from mrt_pipeline.stages.distant_places import doubt_distant_places
from tests.fakes.enrichment_sources import quoted
from tests.fakes.network_builder import cited, open_stations

YISHUN, BISHAN, SENJA = open_stations()  # some nine kilometres from each other
RECORDED = Landmark(name="Bishan Community Club", evidence=cited())


def _read(name: str) -> Landmark:
    return Landmark(name=name, confidence=Confidence.MEDIUM, evidence=quoted(f"A | {name}"))


@pytest.mark.parametrize(
    ("said", "is_recorded_near", "is_doubted"),
    [
        (_read("Bishan CC"), False, True),
        (_read("Bishan CC"), True, False),
        (_read("Mustafa Centre"), False, False),
        (RECORDED, False, False),
    ],
)
def test_only_what_pages_alone_say_of_a_place_recorded_far_away_is_doubted(
    said: Landmark, is_recorded_near: bool, is_doubted: bool
) -> None:
    at_bishan = BISHAN.exits[0].model_copy(update={"landmarks": (RECORDED,)})
    first = YISHUN.exits[0].model_copy(update={"landmarks": (said,)})
    near = {"exit_id": "yishun-nsl-N", "landmarks": (RECORDED,) if is_recorded_near else ()}
    bishan = BISHAN.model_copy(update={"exits": (at_bishan, *BISHAN.exits[1:])})
    yishun = YISHUN.model_copy(update={"exits": (first, first.model_copy(update=near))})

    (found, other), findings = doubt_distant_places((yishun, bishan))
    assert other == bishan
    [landmark] = found.exits[0].landmarks
    assert landmark.model_copy(update={"confidence": said.confidence}) == said
    assert (landmark.confidence is Confidence.LOW) is is_doubted
    assert [item.check for item in findings] == ["landmark-far-away"] * is_doubted
    assert not is_doubted or f"at exit {at_bishan.exit_id}, " in findings[0].message
