"""Which of OneMap's hits is a station: the search is fuzzy, a wrong place is worse than none."""

from __future__ import annotations

import pytest

from mrt_pipeline.sources.onemap.matching import has_code, is_building_of, modes_of, read_building


def hit(building: str, searchval: str | None = None) -> dict[str, object]:
    return {"BUILDING": building, "SEARCHVAL": building if searchval is None else searchval}


@pytest.mark.parametrize(
    ("building", "code", "name"),
    [
        ("YISHUN MRT STATION", "NS13", "Yishun"),
        ("YISHUN MRT STATION (NS13)", "NS13", "Yishun"),
        ("JURONG EAST MRT STATION (NS1 / EW24)", "NS1", "Jurong East"),
        ("JURONG EAST MRT STATION (NS1 / EW24)", "EW24", "Jurong East"),
        ("MARINA BAY MRT STATION (NS27/CE2/TE20)", "TE20", "Marina Bay"),
        ("ONE NORTH MRT STATION (CC23)", "CC23", "one-north"),
        ("ONE-NORTH MRT STATION", "CC23", "one-north"),
        ("FOUNDERS MEMORIAL MRT STATION (TE22A)", "TE22A", "Founders' Memorial"),
        ("MACPHERSON MRT STATION", "CC10", "MacPherson"),
        ("CHOA CHU KANG LRT STATION (BP1)", "BP1", "Choa Chu Kang"),
        ("SENGKANG LRT STATION (STC)", "STC", "Sengkang"),
        ("BUKIT PANJANG MRT/LRT STATION", "BP6", "Bukit Panjang"),
        ("BUKIT PANJANG MRT/LRT STATION", "DT1", "Bukit Panjang"),
    ],
)
def test_a_building_that_names_the_station_is_its_own(building: str, code: str, name: str) -> None:
    assert is_building_of(hit(building), code, name)


@pytest.mark.parametrize(
    ("building", "code", "name"),
    [
        ("YISHUN MRT STATION EXIT A", "NS13", "Yishun"),
        ("YISHUN MRT STATION (NS13) EXIT A", "NS13", "Yishun"),
        ("YISHUN MRT STATION (NS14)", "NS13", "Yishun"),
        ("YISHUN MRT STATION (UNDER CONSTRUCTION)", "NS13", "Yishun"),
        ("YISHUN MRT STATION ()", "NS13", "Yishun"),
        ("YISHUN BUS INTERCHANGE", "NS13", "Yishun"),
        ("NEAR YISHUN MRT STATION", "NS13", "Yishun"),
        ("WOODLANDS SOUTH MRT STATION (TE3)", "TE2", "Woodlands"),
        ("BEDOK NORTH MRT STATION", "EW5", "Bedok"),
        ("CHOA CHU KANG LRT STATION", "NS4", "Choa Chu Kang"),
        ("CHOA CHU KANG MRT STATION", "BP1", "Choa Chu Kang"),
        ("NIL", "NS13", "Yishun"),
        ("", "NS13", "Yishun"),
    ],
)
def test_an_exit_or_a_look_alike_is_not_the_station(building: str, code: str, name: str) -> None:
    assert not is_building_of(hit(building), code, name)


def test_a_shop_inside_the_station_is_not_the_station() -> None:
    assert not is_building_of(hit("YISHUN MRT STATION", "CORNER SHOP YISHUN MRT"), "NS13", "Yishun")


def test_an_empty_building_leaves_the_name_that_was_found() -> None:
    assert is_building_of(hit("NIL", "YISHUN MRT STATION (NS13)"), "NS13", "Yishun")


def test_a_name_with_codes_is_distinguished_from_one_without() -> None:
    assert has_code(hit("WOODLANDS MRT STATION (NS9)"), "NS9")
    assert not has_code(hit("WOODLANDS MRT STATION"), "NS9")


@pytest.mark.parametrize(
    ("code", "modes"),
    [
        ("NS13", {"MRT"}),
        ("CG", {"MRT"}),
        ("BP1", {"LRT"}),
        ("STC", {"LRT"}),
        ("PW7", {"LRT"}),
        ("XX1", {"MRT", "LRT"}),
    ],
)
def test_a_code_tells_the_mode_of_its_line(code: str, modes: set[str]) -> None:
    assert modes_of(code) == modes


def test_a_text_of_any_length_is_read_at_once() -> None:
    assert read_building("MRT STATION (" * 20_000) is None
