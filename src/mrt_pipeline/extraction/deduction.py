"""Conclude that an exit is step-free, by two rules and no others (docs/access.md).

1. An exit is step-free if an official statement says that every station has a barrier-free route, and a lift
   connects the street at this exit with the station's concourse or platforms.
2. A station's only exit is step-free if the same statement applies.

Either gives ``yes`` with medium confidence, the method ``deduction``, and all premises as evidence. The
statement must apply to this building: the line is covered, it was open on the statement's day, and the day
described is not earlier. Rule 2 does not apply if the station may have further exits
(``network/doubts.csv``), or a source names an exit that LTA's exit dataset lacks.

Nothing else is concluded: never ``no``, and nothing from gaps in a list or from plans. A source's statement
about the exit takes precedence over a conclusion; if the two contradict each other, neither is published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from mrt_pipeline.config.licences import is_open
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method, Provenance
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Station, StationExit, StepFree
from mrt_pipeline.extraction.candidates import Reason
from mrt_pipeline.extraction.disputes import Speaker, field_of_feature, find_disputes
from mrt_pipeline.network import Network, load_network, network_evidence, network_provenance
from mrt_pipeline.network.doubts import may_have_further_exits
from mrt_pipeline.network.statements import Statement, load_statements

SPEAKER = "deduction"
"""name of the speaker of conclusions, beside the names of sources"""
NAMING_ANOTHER_EXIT = frozenset(
    {"access-exit-unknown", "bus-stop-exit-unknown", "entrance-far-from-exit", "entrance-without-exit"}
)
"""checks for exits that LTA's exit dataset lacks; if one has findings, a listed exit is not the only one"""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The conclusion that an exit is step-free, with its premises."""

    access: ExitAccess
    rests_on_lift: bool
    """whether a dispute about the exit's lift invalidates it"""
    documents: tuple[Provenance, ...]
    """provenance of the premises that do not come from the station's sources"""


NO_CONCLUSIONS: Mapping[str, Conclusion] = MappingProxyType({})


def conclude_step_free(
    station: Station, claims: Sequence[StationClaims], as_of: date, network: Network | None = None
) -> dict[str, Conclusion]:
    """Return the conclusions from all sources' claims, by exit id; the order of the sources does not matter.

    Args:
        station: the station as stage 1 returns it.
        claims: one per source.
        as_of: the day described; statements made after it are not used.
        network: the network that relates statements to stations; default: the package's own.
    """
    known = network or load_network()
    lifts: dict[str, list[Evidence]] = {}
    for enrichment in (found for claim in claims for found in claim.exits):
        lifts.setdefault(enrichment.exit_id, []).extend(enrichment.street_lifts)
    is_alone = (
        len(station.exits) == 1
        and not may_have_further_exits(station.slug)
        and not _names_another_exit(claims)
    )
    concluded: dict[str, Conclusion] = {}
    for found in station.exits:
        statement = _find_statement(found.station_code, as_of, known)
        lift = _best(lifts.get(found.exit_id, ()))
        if statement is not None and (lift is not None or is_alone):
            concluded[found.exit_id] = _conclude(found, statement, lift, known)
    return concluded


def find_standing(
    conclusion: Conclusion | None, speakers: Sequence[Speaker], disputed: Collection[str]
) -> ExitAccess | None:
    """Return the concluded access of an exit, unless it depends on a disputed lift.

    Args:
        conclusion: the conclusion, if there is one.
        speakers: the answers of all sources about access through the exit.
        disputed: fields for which a source contradicts itself.
    """
    if conclusion is None:
        return None
    lift = field_of_feature(AccessFeature.LIFT)
    is_disputed = lift in disputed or any(one.field == lift for one in find_disputes(speakers))
    return None if conclusion.rests_on_lift and is_disputed else conclusion.access


def documents_of(conclusions: Mapping[str, Conclusion]) -> dict[str, Provenance]:
    """Return the documents that conclusions cite, by id."""
    return {document.document_id: document for one in conclusions.values() for document in one.documents}


def _names_another_exit(claims: Iterable[StationClaims]) -> bool:
    """Return whether a source names an exit that LTA's exit dataset lacks."""
    return any(
        any(finding.check in NAMING_ANOTHER_EXIT for finding in claim.findings)
        or any(one.reason == Reason.EXIT_UNKNOWN for one in claim.rejected)
        for claim in claims
    )


def _find_statement(station_code: str, as_of: date, network: Network) -> Statement | None:
    """Return the first statement made by a day that covers a station code."""
    stated = (one for one in load_statements() if one.stated_on <= as_of)
    return next((one for one in stated if one.covers(station_code, network)), None)


def _best(lifts: Iterable[Evidence]) -> Evidence | None:
    """Return the lift record to cite, if possible under an open licence, for users limited to these."""
    return min(
        lifts,
        key=lambda lift: (not is_open(lift.licence), lift.document_id, lift.record_id or ""),
        default=None,
    )


def _conclude(
    found: StationExit, statement: Statement, lift: Evidence | None, network: Network
) -> Conclusion:
    of_exit = (lift,) if lift is not None else found.evidence_for("exit_code")
    premises = (*of_exit, network_evidence(found.station_code))
    evidence = (statement.cite(), *(_as_premise(premise) for premise in premises))
    return Conclusion(
        access=ExitAccess(
            step_free=StepFree.YES,
            confidence=Confidence.MEDIUM,
            evidence={"step_free": tuple(dict.fromkeys(evidence))},
        ),
        rests_on_lift=lift is not None,
        documents=(statement.provenance(), network_provenance(network)),
    )


def _as_premise(evidence: Evidence) -> Evidence:
    return evidence.model_copy(update={"method": Method.DEDUCTION})
