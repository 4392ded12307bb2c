"""Step-free access that is different from before."""

from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.compare.access_turns import warn_of_lost_answer, warn_of_turn
from mrt_pipeline.compare.regressions import find_losses
from mrt_pipeline.contracts.evidence import Evidence, Method
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import (
    EXITS_DOCUMENT,
    LICENCE,
    SMALL_NETWORK,
    make_dataset,
    make_exit,
    make_station,
)

NS13 = SMALL_NETWORK.codes[0]
LIFT, ESCALATOR, STAIRS = AccessFeature.LIFT, AccessFeature.ESCALATOR, AccessFeature.STAIRS_ONLY
YES, NO, UNKNOWN = StepFree.YES, StepFree.NO, StepFree.UNKNOWN


def _access(
    step_free: StepFree,
    *features: AccessFeature,
    method: Method = Method.RECORD,
    document: str = EXITS_DOCUMENT,
) -> ExitAccess:
    evidence = Evidence(document_id=document, method=method, licence=LICENCE, record_id="1")
    return ExitAccess(step_free=step_free, features=features, evidence={"record": (evidence,)})


def _dataset(*said: ExitAccess | None, label: str = "A") -> Stage3Output:
    exits = tuple(
        make_exit(NS13, f"{label}{number}", east_m=40 * number).model_copy(update={"access": access})
        for number, access in enumerate(said)
    )
    return make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits))


@pytest.mark.parametrize(("then", "now"), [(YES, NO), (NO, YES)])
def test_the_opposite_answer_is_a_turn_and_no_loss(then: StepFree, now: StepFree) -> None:
    losses = find_losses(_dataset(_access(then, LIFT)), _dataset(_access(now, LIFT)))
    assert losses.fields == ()
    [turn] = losses.turns
    assert (turn.exit_id, turn.slug, turn.old, turn.new) == ("yishun-nsl-A0", "yishun", then, now)
    finding = warn_of_turn(turn)
    assert finding.severity is Severity.WARNING
    assert (finding.slug, finding.exit_id) == ("yishun", "yishun-nsl-A0")
    assert f"step_free was {then.value} and is {now.value}" in finding.message
    assert EXITS_DOCUMENT in finding.message


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (_access(UNKNOWN, ESCALATOR), _access(YES, ESCALATOR)),
        (_access(YES), _access(UNKNOWN, ESCALATOR)),
        (_access(YES, LIFT), None),
        (_access(YES, LIFT), _access(YES, LIFT)),
        (_access(YES, LIFT), _access(YES, LIFT, ESCALATOR)),
    ],
)
def test_what_becomes_known_is_lost_or_stays_is_no_turn(then: ExitAccess, now: ExitAccess | None) -> None:
    assert find_losses(_dataset(then), _dataset(now)).turns == ()


@pytest.mark.parametrize("then", [YES, NO])
@pytest.mark.parametrize("now", [None, _access(UNKNOWN, ESCALATOR)])
def test_an_answer_that_is_lost_is_reported_at_its_exit(then: StepFree, now: ExitAccess | None) -> None:
    [lost] = find_losses(_dataset(_access(then)), _dataset(now)).lost_answers
    assert (lost.exit_id, lost.old) == ("yishun-nsl-A0", then)
    finding = warn_of_lost_answer(lost)
    assert (finding.severity, finding.exit_id) == (Severity.WARNING, "yishun-nsl-A0")


@pytest.mark.parametrize(("then", "now"), [(YES, NO), (YES, YES), (UNKNOWN, YES), (UNKNOWN, UNKNOWN)])
def test_an_answer_that_stays_turns_or_comes_is_not_lost(then: StepFree, now: StepFree) -> None:
    losses = find_losses(_dataset(_access(then, ESCALATOR)), _dataset(_access(now, ESCALATOR)))
    assert losses.lost_answers == ()


@pytest.mark.parametrize("then", [_access(UNKNOWN, ESCALATOR), _access(NO)])
def test_a_new_lift_where_there_was_none_is_a_turn(then: ExitAccess) -> None:
    now = then.model_copy(update={"features": (*then.features, LIFT)})
    [turn] = find_losses(_dataset(then), _dataset(now)).turns
    assert turn.gained == (LIFT,)
    assert "lift is new" in warn_of_turn(turn).message


def test_a_new_lift_at_an_exit_of_which_a_known_source_said_nothing_is_a_turn() -> None:
    other = _access(YES, LIFT)
    [turn] = find_losses(_dataset(other, None), _dataset(other, _access(UNKNOWN, LIFT))).turns
    assert (turn.exit_id, turn.gained) == ("yishun-nsl-A1", (LIFT,))


@pytest.mark.parametrize("changes", [{"document": "another"}, {"method": Method.MODEL}])
def test_a_lift_that_only_a_new_source_or_method_names_is_news(changes: dict[str, Any]) -> None:
    old = _dataset(_access(YES, LIFT), None)
    new = _dataset(_access(YES, LIFT), _access(UNKNOWN, LIFT, **changes))
    assert find_losses(old, new).turns == ()


def test_a_source_that_is_switched_on_turns_nothing() -> None:
    assert find_losses(_dataset(None, None), _dataset(_access(YES, LIFT), _access(NO))).turns == ()


def test_a_lift_that_another_feature_took_the_place_of_is_a_turn_and_no_loss() -> None:
    losses = find_losses(_dataset(_access(UNKNOWN, LIFT)), _dataset(_access(UNKNOWN, STAIRS)))
    assert losses.fields == ()
    [turn] = losses.turns
    assert (turn.gained, turn.lost) == ((STAIRS,), (LIFT,))


def test_a_relabelled_exit_is_compared_with_itself_and_named_as_it_is_now() -> None:
    [turn] = find_losses(_dataset(_access(YES)), _dataset(_access(NO), label="B")).turns
    assert turn.exit_id == "yishun-nsl-B0"
