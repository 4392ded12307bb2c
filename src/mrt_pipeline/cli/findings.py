"""Findings on the console: of each kind the first ones in full, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mrt_pipeline.contracts.findings import Finding, describe_rest, group_kinds

SHOWN = 20
"""so many findings of one kind have a line of their own"""


def list_findings(findings: Iterable[Finding], full_list: str | None) -> Iterator[str]:
    """Yield a line for each finding; of a kind with many, the first ones and a line for the others.

    Args:
        findings: the findings.
        full_list: where all of them are; none: all of them are to be listed here.
    """
    for kind in group_kinds(findings):
        head = f"{kind[0].severity.value:<8} {kind[0].check}: "
        shown = len(kind) if full_list is None else SHOWN
        yield from (f"{head}{finding.message}" for finding in kind[:shown])
        if len(kind) > shown:
            yield head + describe_rest(kind, shown, full_list)
