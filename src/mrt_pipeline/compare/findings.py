"""Which findings of a dataset are new, gone, or worded differently from those in an older one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mrt_pipeline.contracts.comparison import FindingChange
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import Stage3Output

COUNTED_ELSEWHERE = frozenset({"field-coverage"})
"""checks whose findings repeat figures that are compared by themselves"""

Subject = tuple[str | None, ...]


def compare_findings(old: Stage3Output, new: Stage3Output) -> Iterator[FindingChange]:
    """Yield the findings that differ, in the order of the newer dataset, those that are gone last.

    Which are new or gone follows from what they are about: of two on the same subject, one is the other.
    Its words only tell that it now reads otherwise; the day that a dataset describes stands in some of them
    and is no difference.
    """
    before, after = _by_message(old), _by_message(new)
    gone: dict[Subject, list[Finding]] = defaultdict(list)
    for key, finding in before.items():
        if key not in after:
            gone[_subject(finding)].append(finding)
    for key, finding in after.items():
        if key not in before:
            earlier = gone[_subject(finding)]
            yield FindingChange(old=earlier.pop(0) if earlier else None, new=finding)
    for left in gone.values():
        yield from (FindingChange(old=finding) for finding in left)


def _by_message(dataset: Stage3Output) -> dict[tuple[Subject, str], Finding]:
    day = dataset.metadata.as_of.isoformat()
    return {
        (_subject(finding), finding.message.replace(day, "as_of")): finding
        for finding in dataset.findings
        if finding.check not in COUNTED_ELSEWHERE
    }


def _subject(finding: Finding) -> Subject:
    which = finding.slug, finding.exit_id, finding.record_id, finding.field, finding.source
    return finding.check, finding.severity.value, *which
