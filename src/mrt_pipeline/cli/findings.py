"""Findings on the console: one by one if a kind has few, otherwise their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mrt_pipeline.cli.printing import say
from mrt_pipeline.contracts.findings import Finding, group_kinds

SHOWN = 20
"""how many findings of one kind get a line each; if there are more, they share one"""


def show_findings(findings: Iterable[Finding], *, shows_all: bool) -> None:
    """Print the findings of a command that has the flag ``--all``."""
    say(*list_findings(findings, None if shows_all else "the same command with --all"))


def list_findings(findings: Iterable[Finding], full_list: str | None) -> Iterator[str]:
    """Yield a line for each finding; for a kind with many, one line with their number and the first of them.

    Args:
        findings: the findings.
        full_list: where all of them are; None: list all of them here.
    """
    for kind in group_kinds(findings):
        head = f"{kind[0].severity.value:<8} {kind[0].check}: "
        if full_list is None or len(kind) <= SHOWN:
            yield from (f"{head}{finding.message}" for finding in kind)
        else:
            yield f"{head}{len(kind)} in total, for example: {kind[0].message} Full list: {full_list}"
