"""What may be concluded of step-free access through one exit: all the rules there are (docs/access.md).

1. An official statement that every station has a barrier-free route, and a lift between the street at this
   exit and the station's concourse or platforms, make the exit step-free.
2. The same statement, and that the station has no other exit, make its only exit step-free.

Either gives ``yes`` with medium confidence, ``deduction`` as its method, and all premises as its evidence.
The statement must be about this building: of a line it covers, open on its day, and
the day described is no earlier. A station that may have further exits (``network/doubts.csv``), or of which a
source names one that LTA's exit dataset lacks, has no only one. Nothing else is
concluded: never ``no``, and nothing from what a list leaves out or from what is planned. What a source states
of the exit itself stands above a conclusion; if they contradict each other, neither is published.
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
"""who says a conclusion, beside sources that are named as configured"""
NAMING_ANOTHER_EXIT = frozenset(
    {"access-exit-unknown", "bus-stop-exit-unknown", "entrance-far-from-exit", "entrance-without-exit"}
)
"""checks that find an exit named which LTA's exit dataset lacks: then the one it has is not the only one"""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """That an exit is step-free, and what that rests on."""

    access: ExitAccess
    rests_on_lift: bool
    """whether it falls if it is in dispute that the exit has a lift"""
    documents: tuple[Provenance, ...]
    """of the premises that no source of the station brings along"""


NO_CONCLUSIONS: Mapping[str, Conclusion] = MappingProxyType({})


def conclude_step_free(
    station: Station, claims: Sequence[StationClaims], as_of: date, network: Network | None = None
) -> dict[str, Conclusion]:
    """Return what follows from some sources' claims, by exit; the order of the sources does not matter.

    Args:
        station: a station of stage 1.
        claims: what all sources say of it.
        as_of: the day described; a statement says nothing of an earlier one.
        network: the network by which statements and stations are held together; default: the package's own.
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
    """Return what is concluded of an exit, unless the lift that it rests on is in dispute.

    Args:
        conclusion: what follows from the claims.
        speakers: what each of them says of access through the exit.
        disputed: fields that a source found contradicted within itself.
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
    return any(
        any(finding.check in NAMING_ANOTHER_EXIT for finding in claim.findings)
        or any(one.reason == Reason.EXIT_UNKNOWN for one in claim.rejected)
        for claim in claims
    )


def _find_statement(station_code: str, as_of: date, network: Network) -> Statement | None:
    stated = (one for one in load_statements() if one.stated_on <= as_of)
    return next((one for one in stated if one.covers(station_code, network)), None)


def _best(lifts: Iterable[Evidence]) -> Evidence | None:
    """Return the record to rest on: one is enough, and an open one serves those who must leave others out."""
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
