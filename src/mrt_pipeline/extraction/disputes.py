"""Find contradictory statements about one exit or platform, and describe both sides.

A disputed value is not published; a finding shows both sides. This applies to statements of one page as well
as to sources, and to every access feature as well as to step-free access.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Evidence, Published
from mrt_pipeline.contracts.findings import Finding, Side
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    ExitPlatform,
    Platform,
    Station,
    StationExit,
    StepFree,
)
from mrt_pipeline.contracts.outputs import FeatureDenial
from mrt_pipeline.extraction.access_words import MEANING

DISAGREEMENT = "sources-disagree"
STEP_FREE = "access.step_free"

RULED_OUT: Mapping[AccessFeature, frozenset[AccessFeature]] = {
    AccessFeature.STAIRS_ONLY: frozenset({AccessFeature.LIFT, AccessFeature.ESCALATOR}),
    AccessFeature.LIFT: frozenset({AccessFeature.STAIRS_ONLY}),
    AccessFeature.ESCALATOR: frozenset({AccessFeature.STAIRS_ONLY}),
}
"""features that another feature excludes"""

_LOOK = "Check the exit, and correct the page."


@dataclass(frozen=True, slots=True)
class Speaker:
    """The answers of one statement or source about access through an exit."""

    name: str
    answers: Mapping[tuple[str, bool], str]
    """(field, True for yes) to the words that say so"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Contradictory answers about one field."""

    field: str
    sides: tuple[Side, ...]
    message: str


def field_of_feature(feature: AccessFeature) -> str:
    """Return the name of a feature as the field of a dispute."""
    return f"access.features.{feature.value}"


def field_of_letter(platform: ExitPlatform | Platform) -> str:
    """Return the name of a direction's platform letter as the field of a dispute."""
    return f"platforms.{platform.station_code}>{platform.next_code}.platform_code"


def answers_of(said: ExitAccess | FeatureDenial) -> dict[tuple[str, bool], str]:
    """Return the answers that a statement about access gives, with the words for each."""
    if isinstance(said, FeatureDenial):
        return {(field_of_feature(said.feature), False): _show_words(said.evidence)}
    answers: dict[tuple[str, bool], str] = {}
    for feature in said.features:
        words = words_of(said, "features")
        answers[field_of_feature(feature), True] = words
        for other in RULED_OUT.get(feature, ()):
            answers[field_of_feature(other), False] = words
    if said.step_free is not StepFree.UNKNOWN:
        answers[STEP_FREE, said.step_free is StepFree.YES] = words_of(said, "step_free")
    return answers


def words_of(record: Published, field: str) -> str:
    """Return the most trusted evidence for a field as text: a quote, or the id of a publisher's record."""
    return _show_words(record.evidence_for(field)[0])


def find_disputes(speakers: Sequence[Speaker]) -> Iterator[Dispute]:
    """Yield a dispute for each field that has both yes and no as answers."""
    for field in (STEP_FREE, *map(field_of_feature, AccessFeature)):
        yes, no = (_sides(speakers, field, answer=answer) for answer in (True, False))
        if yes and no:
            kept = "published as unknown" if field == STEP_FREE else "not published"
            said = " and ".join(_say(field, side) for side in (yes, no))
            yield Dispute(field, (*yes, *no), f"{said}; {kept}. {_LOOK}")


def is_disputed_feature(feature: AccessFeature, disputed: Collection[str]) -> bool:
    """Return whether a feature is disputed, or implies an answer on step-free access that is disputed."""
    is_of_step_free = STEP_FREE in disputed and feature.value in MEANING
    return is_of_step_free or field_of_feature(feature) in disputed


def is_step_free_disputed(disputed: Collection[str]) -> bool:
    """Return whether step-free access is disputed, or a feature that implies an answer on it."""
    return STEP_FREE in disputed or any(
        field_of_feature(feature) in disputed for feature in AccessFeature if feature.value in MEANING
    )


def letter_dispute(sides: Iterable[Side], platform: ExitPlatform, believed: str = "") -> Dispute:
    """Return the dispute that several platform letters are given to one direction.

    Args:
        sides: who gives which letter.
        platform: one reading of the platform.
        believed: the source whose letters are published nevertheless, if any.
    """
    listed = tuple(sorted(set(sides), key=lambda side: (side.speaker, side.says, side.words or "")))
    told = [_say_letters(list(same)) for _, same in groupby(listed, key=lambda side: side.speaker)]
    said = ", ".join(told) + ("," if len(told) > 1 else "")
    by_way_of = "" if platform.towards_code == platform.next_code else f" by way of {platform.next_code}"
    outcome = (
        f"the letters of {believed} are published. Check which one is right."
        if believed
        else "no letter is published. Check the station, and correct the page."
    )
    return Dispute(
        field_of_letter(platform), listed, f"{said} all towards {platform.towards_code}{by_way_of}; {outcome}"
    )


def disagreement(station: Station, station_exit: StationExit | None, dispute: Dispute) -> Finding:
    """Return the finding for a dispute about an exit, or about the station if there is no exit."""
    where = "" if station_exit is None else f" exit {station_exit.exit_code}"
    return finding_of(
        DISAGREEMENT,
        f"{station.name}{where}: {dispute.message}",
        slug=station.slug,
        exit_id=None if station_exit is None else station_exit.exit_id,
        field=dispute.field,
        sides=dispute.sides,
    )


def _sides(speakers: Sequence[Speaker], field: str, *, answer: bool) -> tuple[Side, ...]:
    """Return the speakers that give an answer about a field, with their words, independent of their order."""
    words: dict[str, str] = {}
    for speaker in speakers:
        if said := speaker.answers.get((field, answer)):
            words[speaker.name] = min(said, words.get(speaker.name, said))
    says = "yes" if answer else "no"
    return tuple(Side(speaker=name, says=says, words=said) for name, said in sorted(words.items()))


def _say(field: str, sides: Sequence[Side]) -> str:
    name = "step-free" if field == STEP_FREE else field.rpartition(".")[2].replace("_", " ")
    return ", ".join(f"{side.speaker} says {name} {side.says}{_quoted(side)}" for side in sides)


def _say_letters(sides: Sequence[Side]) -> str:
    first, letters = sides[0], list(dict.fromkeys(side.says for side in sides))
    if len(letters) == 1:
        return f"{first.speaker} says that platform {first.says}{_quoted(first)} is"
    return f"{first.speaker} says that platforms {', '.join(letters)} are"


def _show_words(reason: Evidence) -> str:
    return repr(reason.quote) if reason.quote else f"record {reason.record_id}"


def _quoted(side: Side) -> str:
    return "" if side.words is None else f" ({side.words})"
