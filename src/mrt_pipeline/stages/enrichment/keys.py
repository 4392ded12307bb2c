"""What the result for one station depends on: its key in the journal.

A finished station is processed again when its key changes: its stage-1 content, the sources in use and what
they read, the configuration that affects them, the date, or the code. Rate limit and budget do not matter.

A source that is unavailable now has no known version. Then its earlier result remains: it was quoted from a
named revision, and being unable to look for a newer one is no reason to discard it. Once the source is
available again, its version is compared as usual.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mrt_pipeline.config.keys import pace_keys
from mrt_pipeline.config.registry import sources_of
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.runtime.fingerprints import flatten, stage_version

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext


@cache
def _code_in_use() -> str:
    """Return the version of the code that this process runs, even if the files change meanwhile."""
    return stage_version(STAGE2_ENRICHMENT)


@dataclass(frozen=True, slots=True)
class StationKey:
    """Everything the result for a station depends on."""

    basis: str
    """sha256 over everything known before any source is asked"""
    versions: dict[str, str | None]
    """source in use to the version of what it says about this station; None while it is unavailable"""

    def is_met_by(self, row: StationKey) -> bool:
        """Return whether a row with another key still holds the result that would be found now."""
        return self.basis == row.basis and all(
            version is None or row.versions.get(name) == version for name, version in self.versions.items()
        )

    def is_known_as(self, row: StationKey) -> bool:
        """Return whether a row of another run has exactly this key; an unknown version matches none."""
        return None not in self.versions.values() and self == row


class Basis:
    """The part of every station's key that is known before any source is asked."""

    def __init__(self, context: RunContext, names: Sequence[str]) -> None:
        settings = context.settings
        asked = [spec for spec in sources_of(STAGE2_ENRICHMENT) if spec.name in names or spec.is_always_read]
        sections = (f"stages.{STAGE2_ENRICHMENT}", *(f"apis.{spec.api}" for spec in asked if spec.api))
        config = flatten(settings.model_dump(mode="json"), sections)
        left_out = {*pace_keys(), *(f"stages.{STAGE2_ENRICHMENT}.{key}" for key in ("enabled", "sources"))}
        shared = {
            "as_of": context.as_of.isoformat(),
            "code": _code_in_use(),
            "sources": list(names),
            "config": {key: value for key, value in config.items() if key not in left_out},
        }
        self._shared = hashlib.sha256(json.dumps(shared, sort_keys=True).encode())

    def of(self, station: Station) -> str:
        """Return a station's basis: a sha256 over its stage-1 content, which has no times, and the rest."""
        digest = self._shared.copy()
        digest.update(station.model_dump_json().encode())
        return digest.hexdigest()
