"""What statements about access mean for step-free access, whoever makes them and in whatever words."""

from __future__ import annotations

from mrt_pipeline.contracts.network import AccessFeature, StepFree

STEP_FREE_YES = "step_free_yes"
STEP_FREE_NO = "step_free_no"

MEANING: dict[str, StepFree] = {
    STEP_FREE_YES: StepFree.YES,
    STEP_FREE_NO: StepFree.NO,
    AccessFeature.WHEELCHAIR_ACCESSIBLE.value: StepFree.YES,
    AccessFeature.BARRIER_FREE.value: StepFree.YES,
    AccessFeature.STAIRS_ONLY.value: StepFree.NO,
}
"""What a statement means for step-free access. A lift alone means nothing: it may lead elsewhere."""
