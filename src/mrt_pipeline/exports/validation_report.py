"""``validation.json``: every finding of every stage, whether the dataset passed or not."""

from __future__ import annotations

from collections import Counter

from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.findings import Severity, count_by_severity
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.runtime.files import to_json


def render_validation(dataset: Stage3Output) -> bytes:
    """Return the verdict on a dataset: status, counts by severity and check, coverage, findings in full."""
    by_severity = count_by_severity(dataset.findings)
    by_check = Counter(finding.check for finding in dataset.findings)
    coverage = measure_coverage(dataset.stations)
    return to_json(
        {
            "status": "failed" if by_severity[Severity.ERROR.value] else "passed",
            "as_of": dataset.metadata.as_of.isoformat(),
            "generated_at": dataset.metadata.generated_at.isoformat(),
            "stations": len(dataset.stations),
            "findings_by_severity": by_severity,
            "findings_by_check": dict(sorted(by_check.items())),
            "coverage": {field: measured.model_dump() for field, measured in coverage.items()},
            "findings": [finding.model_dump(mode="json", exclude_none=True) for finding in dataset.findings],
        }
    )
