"""What authorities stated of all stations, and of which stations they could."""

from __future__ import annotations

from datetime import date

import pytest

from mrt_pipeline.network import load_network
from mrt_pipeline.network.statements import TABLE, load_statements
from mrt_pipeline.runtime.files import sha256_of

NETWORK = load_network()
MINISTRY, LTA = load_statements()
TOLD_BY_THE_MINISTRY = 148


def test_the_ministry_speaks_of_mrt_stations_and_lta_of_lrt_stations_too() -> None:
    assert (MINISTRY.statement_id, MINISTRY.stated_on, MINISTRY.modes) == (
        "mot-2022-01-11",
        date(2022, 1, 11),
        ("mrt",),
    )
    assert (LTA.statement_id, LTA.stated_on, LTA.modes) == (
        "lta-2023-01-03",
        date(2023, 1, 3),
        ("mrt", "lrt"),
    )


@pytest.mark.parametrize(
    ("station_code", "by_ministry", "by_lta"),
    [
        ("NS13", True, True),
        ("BP12", False, True),  # LRT
        ("TE17", False, True),  # opened on 2022-11-13
        ("NE18", False, False),  # opened in 2024
        ("DT4", False, False),  # opened in 2025
        ("CC30", False, False),  # opened in 2026
        ("CC34", True, True),  # was CE1 until 2026, and open since 2012
        ("NS6", False, False),  # to come
        ("XX1", False, False),
    ],
)
def test_a_statement_is_about_buildings_that_were_open_on_its_day(
    station_code: str, by_ministry: bool, by_lta: bool
) -> None:
    assert MINISTRY.covers(station_code, NETWORK) is by_ministry
    assert LTA.covers(station_code, NETWORK) is by_lta


def test_the_ministry_counted_each_building_of_an_interchange() -> None:
    """City Hall, Jurong East, Raffles Place and Tanah Merah are one building under two codes."""
    codes = [entry.station_code for entry in NETWORK.codes if MINISTRY.covers(entry.station_code, NETWORK)]
    now_renumbered = {entry.station_code for entry in NETWORK.codes if entry.renumbered_to}
    assert len([code for code in codes if code not in now_renumbered]) - 4 == TOLD_BY_THE_MINISTRY


def test_a_statement_can_be_cited_and_looked_up() -> None:
    for statement in (MINISTRY, LTA):
        evidence, document = statement.cite(), statement.provenance()
        assert (evidence.document_id, evidence.licence) == (document.document_id, document.licence)
        assert document.url.startswith("https://")
        assert document.sha256 == sha256_of(TABLE.read_bytes()) == document.recorded_tables[0].sha256
        assert str(statement.stated_on) in document.attribution
