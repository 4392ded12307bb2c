"""What pages say that may be true and is hardly likely: held against records, doubted, and shown to a person.

It is published with low confidence unless another publisher states it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Platform, Station
from mrt_pipeline.contracts.outputs import ExitEnrichment

MOST_LANDMARKS = 25
"""of one exit on one page; the longest list of the pages recorded for tests has nine"""
_READ = frozenset({Method.RULE, Method.MODEL})


def doubt_crowds(
    exits: Iterable[ExitEnrichment], station: Station
) -> tuple[tuple[ExitEnrichment, ...], list[Finding]]:
    """Return what a page says of exits, with landmarks doubted where it names more than an exit has."""
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
    """Return platforms, those doubted whose letters only pages give and no record of the station knows.

    Args:
        platforms: those of the station.
        recorded: every letter that a publisher's record gives to some platform of it; none: nothing to hold
            letters against.
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
    """Return whether nothing but the words of pages stands behind a value."""
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
