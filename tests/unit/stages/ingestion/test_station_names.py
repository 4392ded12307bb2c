from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.geometry import to_svy21
from mrt_pipeline.stages.ingestion.station_assignment import WITHIN_REACH_M
from mrt_pipeline.stages.ingestion.station_names import StationFinder, fold_name

NETWORK = load_network()
NAMES = StationFinder(NETWORK)


@pytest.mark.parametrize(
    ("text", "slug", "mode"),
    [
        ("YISHUN MRT STATION", "yishun", "mrt"),
        ("Yishun", "yishun", None),
        ("  yishun   mrt  station ", "yishun", "mrt"),
        ("YISHUN STATION", "yishun", None),
        ("Yishun MRT Stn", "yishun", "mrt"),
        ("BUKIT PANJANG LRT STATION", "bukit-panjang", "lrt"),
        ("BUKIT PANJANG MRT/LRT STATION", "bukit-panjang", None),
        ("ONE-NORTH MRT STATION", "one-north", "mrt"),
        ("ONE NORTH MRT STATION", "one-north", "mrt"),
        ("Harbour Front MRT Station", "harbourfront", "mrt"),
        ("FOUNDERS’ MEMORIAL MRT STATION", "founders-memorial", "mrt"),
        ("Ｙｉｓｈｕｎ MRT STATION", "yishun", "mrt"),
    ],
)
def test_a_name_is_found_whatever_its_case_spaces_and_punctuation(
    text: str, slug: str, mode: str | None
) -> None:
    match = NAMES.match(text)
    assert match is not None
    assert (match.slug, match.mode) == (slug, mode)


@pytest.mark.parametrize(
    ("text", "slug", "codes"),
    [
        ("CC9", "paya-lebar", ["CC9"]),
        ("dt18", "telok-ayer", ["DT18"]),
        (" NE18 ", "punggol-coast", ["NE18"]),
        ("STC", "sengkang", ["STC"]),
        ("CG", "tanah-merah", ["CG"]),
        ("NS1/EW24", "jurong-east", ["NS1", "EW24"]),
        ("CE1", "bayfront", ["CE1"]),
        ("PAYA LEBAR MRT STATION (CC9)", "paya-lebar", ["CC9"]),
        ("JURONG EAST MRT STATION (NS1 / EW24)", "jurong-east", ["NS1", "EW24"]),
    ],
)
def test_a_code_is_found_alone_or_beside_the_name(text: str, slug: str, codes: list[str]) -> None:
    match = NAMES.match(text)
    assert match is not None
    assert match.slug == slug
    assert [entry.station_code for entry in match.codes] == codes


@pytest.mark.parametrize(
    "text", ["", "MRT STATION", "NS99", "NS1/NS2", "CC9 EXTRA", "YISHUN EAST MRT STATION", "()"]
)
def test_what_is_neither_name_nor_code_is_nothing(text: str) -> None:
    assert NAMES.match(text) is None


def test_a_code_of_another_station_beside_a_name_does_not_count() -> None:
    match = NAMES.match("YISHUN MRT STATION (CC9)")
    assert match is not None
    assert (match.slug, match.codes) == ("yishun", ())


@pytest.mark.parametrize(
    ("text", "is_usual"),
    [
        ("SENJA LRT STATION", True),
        ("ONE-NORTH MRT STATION", True),
        ("Senja LRT Station", False),
        ("SENJA STATION", False),
        ("YISHUN LRT STATION", False),
        ("CC9", False),
    ],
)
def test_only_ltas_own_spelling_of_a_half_that_exists_is_usual(text: str, is_usual: bool) -> None:
    match = NAMES.match(text)
    assert match is not None
    assert match.is_usual is is_usual


@pytest.mark.parametrize("slug", sorted(NETWORK.names))
def test_every_station_is_found_by_its_name(slug: str) -> None:
    match = NAMES.match(f"{NETWORK.names[slug].upper()} MRT STATION")
    assert match is not None
    assert match.slug == slug


@pytest.mark.parametrize(
    ("text", "resembles"),
    [
        ("YISHUNN MRT STATION", True),
        ("YISHIN MRT STATION", True),
        ("YIHSUN MRT STATION", True),
        ("KHATIB MRT STATION", False),
        ("YISHUN EAST MRT STATION", False),
        ("", False),
    ],
)
def test_a_misspelling_is_a_letter_or_two_from_the_name(text: str, resembles: bool) -> None:
    assert NAMES.resembles(text, "yishun") is resembles


def test_no_name_is_a_misspelling_of_a_neighbours_name() -> None:
    points = {entry.slug: to_svy21(entry.lat, entry.lng) for entry in NETWORK.codes}
    for one, other in combinations(points, 2):
        if points[one].distance_m(points[other]) <= 2 * WITHIN_REACH_M:
            assert not NAMES.resembles(NETWORK.names[one], other)


def test_no_two_names_fold_to_the_same_letters() -> None:
    assert len({fold_name(name) for name in NETWORK.names.values()}) == len(NETWORK.names)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_station_of_the_network_or_nothing(text: str) -> None:
    match = NAMES.match(text)
    assert match is None or match.slug in NETWORK.names
