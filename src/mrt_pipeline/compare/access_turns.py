"""Where step-free access differs from before: a reversed answer misleads anyone who depends on it.

An answer that a dataset no longer gives is a loss (``regressions``); one that it gives for the first time is
not. A lost answer is also reported exit by exit: another answer may come later, and nobody would notice that
it is the opposite, since a dataset is compared only with the previous one. A turn is a reversed answer:
step-free was "yes" and is "no", or a lift is new where the exit's access was known, or no longer listed while
other features are. A lift named only by a source or method that the older dataset used for no exit is not a
turn: that is what happens when a source is enabled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Evidence, Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.gates import AccessTurn, LostAnswer
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, StationExit, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output

Voice = tuple[str, Method]
"""a source, and the method by which it was read"""

DECISIVE = (
    AccessFeature.LIFT,
    AccessFeature.WHEELCHAIR_ACCESSIBLE,
    AccessFeature.BARRIER_FREE,
    AccessFeature.STAIRS_ONLY,
)
"""features that decide whether people who need step-free access use this exit"""


def find_turns(
    old: Stage3Output, new: Stage3Output, exits: Iterable[tuple[str, StationExit, StationExit]]
) -> Iterator[AccessTurn]:
    """Yield the exits whose access is reversed.

    Args:
        old: the older dataset.
        new: the newer dataset.
        exits: slug, and the exit before and now, for each exit in both.
    """
    known = set(_voices_of(old))
    for slug, then, now in exits:
        if then.access == now.access or now.access is None:
            continue
        turn = _compare(slug, then.access, now, now.access)
        if not known & set(_voices(new, now.access.evidence_for("features"))):
            turn = turn.model_copy(update={"gained": ()})
        if turn.new is not None or turn.gained or turn.lost:
            yield turn


def find_lost_answers(
    old: Stage3Output, exits: Iterable[tuple[str, StationExit, StationExit]]
) -> Iterator[LostAnswer]:
    """Yield the exits whose step-free access was known and is now unknown.

    Args:
        old: the older dataset.
        exits: as in ``find_turns``.
    """
    for slug, then, now in exits:
        before = _answer(then.access)
        if before is StepFree.UNKNOWN or then.access is None or _answer(now.access) is not StepFree.UNKNOWN:
            continue
        voices = _voices(old, then.access.evidence_for("step_free"))
        yield LostAnswer(
            exit_id=now.exit_id, slug=slug, old=before, sources=tuple(sorted({voice[0] for voice in voices}))
        )


def warn_of_lost_answer(lost: LostAnswer) -> Finding:
    """Return the finding about an exit for which step-free access is no longer known."""
    sources = f" (from {', '.join(lost.sources)})" if lost.sources else ""
    return finding_of(
        "step-free-lost",
        f"{lost.exit_id}: step_free was {lost.old.value}{sources} and is now unknown. Check the next "
        "run before relying on it.",
        slug=lost.slug,
        exit_id=lost.exit_id,
    )


def warn_of_turn(turn: AccessTurn) -> Finding:
    """Return the finding about an exit whose access is reversed."""
    said = [f"step_free was {turn.old.value} and is {turn.new.value}"] if turn.old and turn.new else []
    said += [f"{feature.value} is new" for feature in turn.gained]
    said += [f"{feature.value} is no longer listed" for feature in turn.lost]
    documents = f"; its access is now based on {', '.join(turn.documents)}" if turn.documents else ""
    return finding_of(
        "access-turned",
        f"{turn.exit_id}: {'; '.join(said)}{documents}. Verify before relying on it.",
        slug=turn.slug,
        exit_id=turn.exit_id,
    )


def _compare(slug: str, then: ExitAccess | None, found: StationExit, now: ExitAccess) -> AccessTurn:
    before = _answer(then)
    is_turned = StepFree.UNKNOWN not in (before, now.step_free) and before is not now.step_free
    listed = then.features if then is not None else ()
    return AccessTurn(
        exit_id=found.exit_id,
        slug=slug,
        old=before if is_turned else None,
        new=now.step_free if is_turned else None,
        gained=tuple(item for item in DECISIVE if item in now.features and item not in listed),
        lost=tuple(item for item in DECISIVE if item in listed and item not in now.features),
        documents=tuple(sorted({evidence.document_id for evidence in now.all_evidence()})),
    )


def _answer(access: ExitAccess | None) -> StepFree:
    return access.step_free if access is not None else StepFree.UNKNOWN


def _voices_of(dataset: Stage3Output) -> Iterator[Voice]:
    for station in dataset.stations:
        for found in station.exits:
            if found.access is not None:
                for given in found.access.evidence.values():
                    yield from _voices(dataset, given)


def _voices(dataset: Stage3Output, given: Iterable[Evidence]) -> Iterator[Voice]:
    for evidence in given:
        document = dataset.provenance.get(evidence.document_id)
        yield (document.source_id if document else evidence.document_id), evidence.method
