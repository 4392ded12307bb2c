"""The checks of stage 3 as test results: which were made, and whether they had findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mrt_pipeline.contracts.checks import CHECKS as CATALOGUE
from mrt_pipeline.contracts.checks import Group
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.lineage.facets import Json

ALWAYS = "always"
_SERIOUS = [check for check in CATALOGUE.values() if check.severity is not Severity.INFO]
CHECKS: dict[str, tuple[str, ...]] = {
    name: tuple(check.name for check in _SERIOUS if check.group is group)
    for name, group in (
        (ALWAYS, Group.MERGING),
        *((group.value, group) for group in (Group.SCHEMA, Group.COMPLETENESS, Group.SANITY)),
    )
}
"""each group of checks that the configuration can disable, with its checks"""
Status = Literal["pass", "fail", "skip"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of one check."""

    name: str
    status: Status
    severity: Literal["error", "warn"]
    findings: int = 0

    def as_test(self) -> Json:
        """Return it as a test result of the run that made it."""
        result = {"expected": "0 findings", "actual": f"{self.findings} findings"}
        made = {} if self.status == "skip" else result
        return {"name": self.name, "status": self.status, "severity": self.severity, **made}

    def as_assertion(self) -> Json:
        """Return it as an assertion about the dataset checked."""
        return {
            "assertion": self.name,
            "success": self.status == "pass",
            "severity": self.severity,
            "expected": "0 findings",
            "actual": f"{self.findings} findings",
        }


def judge_checks(findings: Iterable[Finding], config: Mapping[str, Any]) -> tuple[Judgement, ...]:
    """Return the result of every check, including those that warned in stages 1 and 2.

    Args:
        findings: all findings of the dataset.
        config: the run's configuration, as in the manifest.
    """
    serious = [finding for finding in findings if finding.severity is not Severity.INFO]
    counts = Counter(finding.check for finding in serious)
    severities = {finding.check: finding.severity for finding in serious}
    known = [
        Judgement(name, _status(counts[name], is_made), _severity(severities.get(name), name), counts[name])
        for group, is_made in _made_groups(counts, config)
        for name in CHECKS[group]
    ]
    others = sorted(counts.keys() - {judgement.name for judgement in known})
    return (
        *known,
        *(Judgement(name, "fail", _severity(severities[name], name), counts[name]) for name in others),
    )


def _made_groups(counts: Mapping[str, int], config: Mapping[str, Any]) -> Iterable[tuple[str, bool]]:
    """Yield each group and whether its checks were made; after a schema fault the others are not."""
    switches = config.get("stages", {}).get("stage3_merger", {}).get("validation", {})
    is_sound = not any(counts[name] for name in CHECKS["schema_check"])
    for group in CHECKS:
        if group == ALWAYS:
            yield group, True
        else:
            yield group, switches.get(group, True) and (is_sound or group == "schema_check")


def _status(findings: int, is_made: bool) -> Status:
    if findings:
        return "fail"
    return "pass" if is_made else "skip"


def _severity(found: Severity | None, name: str) -> Literal["error", "warn"]:
    if found is not None:
        return "error" if found is Severity.ERROR else "warn"
    return "error" if CATALOGUE[name].severity is Severity.ERROR else "warn"
