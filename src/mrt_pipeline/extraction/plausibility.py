"""Lower the confidence of unlikely values read from pages, and raise findings about them.

Such a value is published with low confidence unless another publisher states it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Platform, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment

MOST_LANDMARKS = 25
"""more landmarks at one exit on one page are implausible; the recorded test pages have nine at most"""
_READ = frozenset({Method.RULE, Method.MODEL})


def doubt_crowds(
    exits: Iterable[ExitEnrichment], station: Station
) -> tuple[tuple[ExitEnrichment, ...], list[Finding]]:
    """Lower the confidence of the landmarks at exits with an implausible number of them."""
    kept: list[ExitEnrichment] = []
    findings = []
    for found in exits:
        if len(found.landmarks) > MOST_LANDMARKS:
            findings.append(_crowd(found, station))
            doubted = (one.model_copy(update={"confidence": Confidence.LOW}) for one in found.landmarks)
            found = found.model_copy(update={"landmarks": tuple(doubted)})
        kept.append(found)
    return tuple(kept), findings


def doubt_letters(
    platforms: Iterable[Platform], recorded: frozenset[str], station: Station
) -> tuple[tuple[Platform, ...], list[Finding]]:
    """Lower the confidence of platforms with letters that only pages give and the station's records lack.

    Args:
        platforms: the station's platforms.
        recorded: all letters that publishers' records give to its platforms; if empty, nothing is checked.
        station: the station.
    """
    kept: list[Platform] = []
    findings = []
    for found in platforms:
        strange = set(found.platform_codes) - recorded
        if recorded and strange and is_read(found.evidence_for("platform_codes")):
            findings.append(_strange_letter(found, sorted(strange), sorted(recorded), station))
            found = found.model_copy(update={"confidence": Confidence.LOW})
        kept.append(found)
    return tuple(kept), findings


def is_read(reasons: Sequence[Evidence]) -> bool:
    """Return whether all evidence for a value was read from pages."""
    return all(reason.method in _READ for reason in reasons)


def _crowd(found: ExitEnrichment, station: Station) -> Finding:
    return finding_of(
        "landmarks-too-many",
        f"{station.name}: a page names {len(found.landmarks)} landmarks at exit {found.exit_id}; expected at "
        f"most {MOST_LANDMARKS}. They have low confidence, and others may be missing. Check the page.",
        slug=station.slug,
        exit_id=found.exit_id,
    )


def _strange_letter(found: Platform, strange: list[str], recorded: list[str], station: Station) -> Finding:
    return finding_of(
        "platform-letter-unknown",
        f"{station.name}: a page gives {', '.join(strange)} to the platform towards {found.next_code}; "
        f"records know {', '.join(recorded)} here. It has low confidence. Check the signs, or correct "
        "the page.",
        slug=station.slug,
    )
