"""Collects stage 1's reports about features: why each excluded one is, and findings to act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import listed
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.outputs import FeatureAccount, FeatureOutcome
from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.runtime.records import show

SHOWN_IDS = 10


@dataclass(slots=True)
class Notes:
    """The accounts of and findings about the features of one document."""

    document_id: str
    accounts: list[FeatureAccount] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def account(
        self, feature: ExitFeature, outcome: FeatureOutcome, reason: str, exit_id: str | None = None
    ) -> None:
        """Record what became of a feature."""
        self.accounts.append(
            FeatureAccount(
                record_id=feature.record_id,
                station_na=feature.station_na,
                exit_code=feature.exit_code,
                outcome=outcome,
                exit_id=exit_id,
                reason=reason,
            )
        )

    def lose(self, feature: ExitFeature, check: str, fault: str, remedy: str) -> None:
        """Record that a feature is unusable: it is excluded, which is an error, since an exit is lost."""
        message = f"{describe(feature)} {fault}. {remedy}"
        self.report(check, message, record_id=feature.record_id)
        self.account(feature, FeatureOutcome.SET_APART, f"it {fault}")

    def report(
        self,
        check: str,
        message: str,
        *,
        severity: Severity | None = None,
        slug: str | None = None,
        exit_id: str | None = None,
        record_id: str | None = None,
    ) -> None:
        """Add a finding about a feature or a station."""
        self.findings.append(
            finding_of(
                check,
                message,
                severity=severity,
                slug=slug,
                exit_id=exit_id,
                record_id=None if record_id is None else f"{self.document_id}:{record_id}",
            )
        )


def describe(feature: ExitFeature) -> str:
    """Return a description of a feature for messages: its id, and its published texts, quoted."""
    return f"OBJECTID {feature.record_id} ({show(feature.station_na)}, {show(feature.exit_code)})"


def list_ids(ids: Sequence[str]) -> str:
    """Return OBJECTIDs for messages, up to a maximum number."""
    return f"OBJECTID {listed(ids, SHOWN_IDS)}"
