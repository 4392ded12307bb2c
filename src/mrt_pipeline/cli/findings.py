"""Findings on the console: of each kind the first ones in full, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mrt_pipeline.contracts.findings import Finding, Severity

SHOWN = 20
"""so many findings of one kind have a line of their own"""


def list_findings(findings: Iterable[Finding], full_list: str | None) -> Iterator[str]:
    """Yield a line for each finding; of a kind with many, the first ones and a line for the others.

    Args:
        findings: the findings.
        full_list: where all of them are; none: all of them are to be listed here.
    """
    kinds: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity, finding.check), []).append(finding)
    for (severity, check), found in kinds.items():
        shown = len(found) if full_list is None else SHOWN
        yield from (f"{severity.value:<8} {check}: {finding.message}" for finding in found[:shown])
        if len(found) > shown:
            more = len(found) - shown
            yield f"{severity.value:<8} {check}: and {more} more, {len(found)} in all. Full list: {full_list}"
