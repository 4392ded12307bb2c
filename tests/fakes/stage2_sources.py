"""A source module for the registry; tests choose what it opens."""

from __future__ import annotations

from typing import Any

from mrt_pipeline.contracts.outputs import ModelUsage
from tests.fakes.enrichment_sources import LandmarkSource

ONE_CALL = ModelUsage(calls=1, prompt_tokens=1000, completion_tokens=200, cost_usd=0.01)
ERRORS: dict[str, Any] = {}
"""slug to the error that the next source raises"""
OPENED: list[LandmarkSource] = []
"""every source opened so far"""


def open_source(context: Any, tables: Any) -> LandmarkSource:
    """Return a source of which every answer costs one call and rejects one claim."""
    OPENED.append(LandmarkSource("network", usage=ONE_CALL, errors=ERRORS, rejects=["quote-not-in-page"]))
    return OPENED[-1]
