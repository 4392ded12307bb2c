"""Merge several readings of the same value into one, with the evidence of all.

The most trusted reading (order of ``Method``) decides what is published; the others add their evidence. Among
equals, document id and position decide, never the order in which they were read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

from mrt_pipeline.config.licences import is_open
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Evidence, EvidenceMap, Method
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Landmark,
    StepFree,
)
from mrt_pipeline.extraction.disputes import is_disputed_feature, is_step_free_disputed

ItemT = TypeVar("ItemT", ExitPlatform, ExitBusStop, Landmark)

Agreement = Callable[[Iterable[Evidence]], bool]
"""returns whether evidence of one value comes from two publishers that state it"""

_METHODS = list(Method)
_CONFIDENCES = list(Confidence)


def group(items: Iterable[ItemT], key: Callable[[ItemT], object]) -> list[list[ItemT]]:
    """Group values by key, in the order of first mention."""
    groups: dict[object, list[ItemT]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def unite_same(same: list[ItemT], field: str) -> ItemT:
    """Return the most trusted reading of one value, with the evidence of all and the highest confidence.

    Args:
        same: the readings.
        field: the field whose evidence decides how far each is trusted.
    """
    if all(item == same[0] for item in same[1:]):
        return same[0]
    ranked = _ranked(same, field)
    fields = dict.fromkeys(name for item in ranked for name in item.evidence)
    evidence = {name: distinct(r for item in ranked for r in item.evidence_for(name)) for name in fields}
    return ranked[0].model_copy(update={"evidence": evidence, "confidence": best_confidence(same)})


def unite_landmarks(same: list[Landmark]) -> Landmark:
    """Return the most trusted reading of one landmark; other readings fill in missing fields.

    Its name is spelled as in a reading under an open licence, if there is one, so that the spelling remains
    the same for users who exclude other licences.
    """
    if len(same) == 1:
        return same[0]
    ranked = _ranked(same, "name")
    named = min(ranked, key=lambda item: not any(is_open(it.licence) for it in item.evidence_for("name")))
    kind = next((item.kind for item in ranked if item.kind is not None), None)
    distance_m = next((item.distance_m for item in ranked if item.distance_m is not None), None)
    united = unite_same(same, "name").model_copy(
        update={"name": named.name, "kind": kind, "distance_m": distance_m}
    )
    return united.model_copy(update={"evidence": _narrow_evidence(united, same)})


def _ranked(same: Iterable[ItemT], field: str) -> list[ItemT]:
    """Return readings sorted by trust, the most trusted first."""
    return sorted(same, key=lambda item: (rank_of(item.evidence_for(field)), item.model_dump_json()))


def unite_access(said: Sequence[ExitAccess], disputed: Collection[str] = ()) -> ExitAccess:
    """Merge several statements about access through one exit.

    Args:
        said: the statements, at least one.
        disputed: fields that are not published because they are contradicted.
    """
    answers = {item.step_free for item in said if item.step_free is not StepFree.UNKNOWN}
    is_disputed = len(answers) > 1 or is_step_free_disputed(disputed)
    step_free = StepFree.UNKNOWN if is_disputed or not answers else next(iter(answers))
    telling = [item for item in said if item.step_free is not StepFree.UNKNOWN] or said
    evidence: EvidenceMap = {
        "step_free": distinct(reason for item in telling for reason in item.evidence_for("step_free"))
    }
    features = _undisputed(said, disputed)
    if features:
        evidence.update(_reasons_of_features(said, features))
    if faulty := [item for item in said if item.out_of_service is not None]:
        evidence["out_of_service"] = distinct(
            reason for item in faulty for reason in item.evidence_for("out_of_service")
        )
    return ExitAccess(
        step_free=step_free,
        features=tuple(feature for feature in AccessFeature if feature in features),
        out_of_service=max((item.out_of_service for item in faulty if item.out_of_service), default=None),
        confidence=Confidence.LOW if is_disputed else best_confidence(telling),
        evidence=evidence,
    )


def _reasons_of_features(said: Sequence[ExitAccess], features: set[AccessFeature]) -> EvidenceMap:
    """Return the evidence for all features together, and for each feature that only some documents name."""
    each: EvidenceMap = {
        f"features.{feature}": distinct(
            reason
            for item in said
            if feature in item.features
            for reason in item.evidence_for_item("features", feature)
        )
        for feature in AccessFeature
        if feature in features
    }
    every = distinct(reason for reasons in each.values() for reason in reasons)
    own = {key: found for key, found in each.items() if _documents_of(found) != _documents_of(every)}
    return {"features": every, **own}


def _undisputed(said: Iterable[ExitAccess], disputed: Collection[str]) -> set[AccessFeature]:
    named = {feature for item in said for feature in item.features}
    return {feature for feature in named if not is_disputed_feature(feature, disputed)}


def _narrow_evidence(united: Landmark, same: Sequence[Landmark]) -> EvidenceMap:
    """Return the evidence of all readings; for a field that only some licences give, that of these alone."""
    narrowed = {
        name: own
        for name in united.claimed_fields()
        if _licences_of(own := _giving(united, same, name)) != _licences_of(united.evidence_for(name))
    }
    if not narrowed:
        return united.evidence
    every = distinct(reason for item in same for reason in item.all_evidence())
    return {**united.evidence, WHOLE_RECORD: every, **narrowed}


def _documents_of(reasons: Iterable[Evidence]) -> set[str]:
    return {reason.document_id for reason in reasons}


def _licences_of(reasons: Iterable[Evidence]) -> set[str]:
    return {reason.licence for reason in reasons}


def _giving(united: Landmark, same: Sequence[Landmark], name: str) -> tuple[Evidence, ...]:
    value = getattr(united, name)
    return distinct(r for item in same if getattr(item, name) == value for r in item.evidence_for(name))


def distinct(reasons: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence without duplicates, the most trusted first."""
    return tuple(sorted(dict.fromkeys(reasons), key=_place_of))


def rank_of(reasons: Iterable[Evidence]) -> tuple[int, str, int, str]:
    """Return the rank of the best evidence, by method and then position; lower is more trusted."""
    return min(map(_place_of, reasons))


def best_confidence(items: Iterable[ExitPlatform | ExitBusStop | ExitAccess | Landmark]) -> Confidence:
    """Return the highest confidence of any reading."""
    return min((item.confidence for item in items), key=_CONFIDENCES.index)


def _place_of(item: Evidence) -> tuple[int, str, int, str]:
    return (
        _METHODS.index(item.method),
        item.document_id,
        item.char_start or 0,
        item.record_id or item.quote or "",
    )
