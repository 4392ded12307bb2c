"""The result of a check: a value, not an exception."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.counting import counted


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    """for the record; nothing to do"""
    WARNING = "warning"
    """a person should check before publishing"""
    ERROR = "error"
    """the dataset must not be published"""


class Side(Record):
    """One side of a contradiction about a field."""

    speaker: str
    """the source, by its configured name, or ``one page``"""
    says: str
    """``yes``, ``no``, the letter of a platform, or when a train leaves: ``NS7 at 00:50``"""
    words: str | None = None
    """the quote or record that it was read from"""


class Finding(Record):
    """One finding of a check, and what it is about; made by ``contracts.checks.finding_of``.

    Decisions depend on its fields. The message is for people; no code reads it.
    """

    check: str
    """name of a check of ``contracts.checks``, e.g. ``exit-surveyed-twice``"""
    severity: Severity
    message: str
    """one sentence: what was found, what was expected, what to do"""
    slug: str | None = None
    exit_id: str | None = None
    record_id: str | None = None
    """the source record, as ``document_id:record``"""
    source: str | None = None
    """configured name of the source that it is about as a whole, such as one that failed or is old"""
    field: str | None = None
    """field that it is about, if decisions depend on it or two sides differ: ``access.features.lift``,
    ``platforms.SE2>SE3.platform_code``"""
    sides: tuple[Side, ...] | None = None
    """the sides, if statements contradict each other"""


def count_by_severity(findings: Iterable[Finding]) -> dict[str, int]:
    """Return the number of findings per severity, including severities without any."""
    counts = Counter(finding.severity for finding in findings)
    return {severity.value: counts[severity] for severity in Severity}


def describe_counts(counts: Mapping[str, int]) -> str:
    """Return the numbers of findings per severity, the gravest first: ``0 errors, 2 warnings, 5 info``."""
    uncountable = Severity.INFO.value
    return ", ".join(
        f"{counts[severity]:,} {severity}" if severity == uncountable else counted(counts[severity], severity)
        for severity in reversed(Severity)
        if severity in counts
    )


REPEATED_ID = "record-id-not-unique"
"""check that every further record with a repeated id fails"""


def count_records(findings: Iterable[Finding]) -> int:
    """Return how many records the findings are about; one record may have several findings."""
    listed = list(findings)
    repeated = sum(finding.check == REPEATED_ID for finding in listed)
    return repeated + len({found.record_id for found in listed if found.check != REPEATED_ID})


def group_kinds(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return findings grouped by check and severity, in order of first occurrence."""
    kinds: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity, finding.check), []).append(finding)
    return list(kinds.values())


def describe_rest(kind: Sequence[Finding], shown: int, full_list: object) -> str:
    """Return how many findings of one kind are not shown, and where to find them all."""
    return f"and {len(kind) - shown} more, {len(kind)} in total. Full list: {full_list}"
