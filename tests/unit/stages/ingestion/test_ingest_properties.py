"""What holds for any exits file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from mrt_pipeline.contracts.outputs import FeatureOutcome
from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.geometry import to_svy21
from mrt_pipeline.stages.ingestion import Ingested
from mrt_pipeline.stages.ingestion.identity import SAME_EXIT_M
from tests.unit.stages.ingestion.scene import DAY, exits_of, feature, run

NAMES = (
    "BISHAN MRT STATION",
    "Bishan",
    "CC15",
    "NS17",
    "KHATIB MRT STATION",
    "MARINA SOUTH MRT STATION",
    "BISHAM",
    "?",
)
LABELS = ("Exit A", "A", "exit b", "Exit 1", "Exit A/B")
CODES = ("NS17", "CC15", "NS14", "TE21")
SLUGS = ("bishan", "khatib", "marina-south")
NETWORK = replace(
    load_network(),
    names={slug: load_network().names[slug] for slug in SLUGS},
    codes=tuple(entry for entry in load_network().codes if entry.slug in SLUGS),
    services=(),
)
"""a few stations, so that many exits files can be tried"""

METRES = st.integers(-40, 40).map(lambda number: number * 3.7)


@st.composite
def exits_files(draw: st.DrawFn) -> list[ExitFeature]:
    """Draw features around some stations, many of them near each other, each with an id of its own."""
    count = draw(st.integers(0, 12))
    return [
        feature(
            str(21000 + number),
            draw(st.sampled_from(NAMES)),
            draw(st.sampled_from(LABELS)),
            draw(st.sampled_from(CODES)),
            draw(METRES),
            draw(METRES),
        )
        for number in range(count)
    ]


def _run(*features: ExitFeature) -> Ingested:
    return run(*features, network=NETWORK)


def _published(made: Ingested) -> dict[str, tuple[float, float]]:
    return {exit_id: (found.lat, found.lng) for exit_id, found in exits_of(made).items()}


@settings(deadline=None)
@given(exits_files(), st.integers())
def test_the_order_of_the_features_does_not_matter(features: list[ExitFeature], seed: int) -> None:
    shuffled = list(features)
    Random(seed).shuffle(shuffled)  # noqa: S311  # not for secrets
    assert _run(*shuffled) == _run(*features)


@settings(deadline=None)
@given(exits_files(), st.integers())
def test_ids_and_positions_do_not_depend_on_object_ids(features: list[ExitFeature], seed: int) -> None:
    ids = [str(number) for number in range(len(features))]
    Random(seed).shuffle(ids)  # noqa: S311  # not for secrets
    renumbered = [
        ExitFeature(record_id, item.station_na, item.exit_code, item.lat, item.lng)
        for record_id, item in zip(ids, features, strict=True)
    ]
    assert _published(_run(*renumbered)) == _published(_run(*features))


@settings(deadline=None)
@given(exits_files())
def test_every_feature_is_accounted_exactly_once(features: list[ExitFeature]) -> None:
    made = _run(*features)
    assert Counter(item.record_id for item in made.features) == Counter(item.record_id for item in features)
    kept = Counter(item.exit_id for item in made.features if item.outcome is FeatureOutcome.KEPT)
    assert kept == Counter(exits_of(made).keys())
    for account in made.features:
        assert (account.exit_id is None) is (account.outcome is FeatureOutcome.SET_APART)
        assert account.exit_id is None or account.exit_id in exits_of(made)


@settings(deadline=None)
@given(exits_files())
def test_ingesting_what_was_published_publishes_the_same(features: list[ExitFeature]) -> None:
    first = _run(*features)
    kept = {item.record_id for item in first.features if item.outcome is FeatureOutcome.KEPT}
    again = _run(*(item for item in features if item.record_id in kept))
    assert _published(again) == _published(first)


@settings(deadline=None)
@given(exits_files())
def test_no_two_exits_of_one_label_and_station_are_as_near_as_surveys_of_one(
    features: list[ExitFeature],
) -> None:
    for station in _run(*features).stations:
        for one in station.exits:
            for other in station.exits:
                if one is not other and one.exit_code == other.exit_code:
                    distance_m = to_svy21(one.lat, one.lng).distance_m(to_svy21(other.lat, other.lng))
                    assert distance_m > SAME_EXIT_M


@settings(deadline=None)
@given(
    st.lists(st.builds(ExitFeature, st.text(), st.text(), st.text(), st.floats(), st.floats()), max_size=5)
)
def test_any_text_and_number_is_accounted_and_no_id_is_unsafe(features: list[ExitFeature]) -> None:
    made = _run(*features)
    assert len(made.features) == len(features)
    assert all(re.fullmatch(r"[a-z0-9-]+-[A-Z0-9]{1,2}(-[a-z0-9-]+)?", exit_id) for exit_id in exits_of(made))
    assert len(made.stations) == len(NETWORK.open_codes(DAY))
