"""What the result for one station depends on: its key in the journal.

A finished station is done again when its key differs: its stage-1 content, the sources in use and what they
read, the configuration that matters to them, the day, or the code. Pace and budget do not matter.

A source that cannot be asked now has no known version. Then what it said before stands: its words were quoted
from a revision that is named, and that nobody can look for a newer one is no reason to throw them away. Once
it can be asked again, the station is compared with its version as ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.runtime.fingerprints import STAGE_CODE, code_version

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext

_PACE = {
    "enabled",
    "batch_size",
    "delay_seconds",
    "max_retries",
    "retry_delay_seconds",
    "daily_timeout_minutes",
    "max_model_requests",
    "sources",
}
"""keys of stage 2's section that change when and how fast a station is done, not what comes of it"""

_API_OF = {"fandom_wiki": "fandom", "openrouter_llm": "openrouter"}
"""sections of ``apis`` that matter; that of LTA's tables always does, since pages are held against them"""


@cache
def _code_in_use() -> str:
    """Return the version of the code that this process runs, whatever becomes of the files meanwhile."""
    return code_version(STAGE_CODE[STAGE2_ENRICHMENT])


@dataclass(frozen=True, slots=True)
class StationKey:
    """Everything the result for a station depends on."""

    basis: str
    """sha256 over what is known before any source is asked"""
    versions: dict[str, str | None]
    """source in use to the version of what it says of this station; none while it cannot be asked"""

    def is_met_by(self, row: StationKey) -> bool:
        """Tell whether a row with another key still says what would be found now."""
        return self.basis == row.basis and all(
            version is None or row.versions.get(name) == version for name, version in self.versions.items()
        )


class Basis:
    """The part of all stations' keys that is known before any source is asked."""

    def __init__(self, context: RunContext, names: Sequence[str]) -> None:
        settings = context.settings
        apis = {"datamall", *(_API_OF[name] for name in names if name in _API_OF)}
        sections = settings.apis.model_dump(mode="json", include=apis)
        shared = {
            "as_of": context.as_of.isoformat(),
            "code": _code_in_use(),
            "sources": list(names),
            "stage": settings.stages.stage2_enrichment.model_dump(mode="json", exclude=_PACE),
            "apis": {
                api: {key: value for key, value in section.items() if key != "timeout"}
                for api, section in sections.items()
            },
        }
        self._shared = hashlib.sha256(json.dumps(shared, sort_keys=True).encode())

    def of(self, station: Station) -> str:
        """Return a station's basis: a sha256 over the rest and its content in stage 1, which has no times."""
        digest = self._shared.copy()
        digest.update(station.model_dump_json().encode())
        return digest.hexdigest()
