from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.contracts.network import ExitAccess, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.public.dataset import Dataset
from tests.fakes.network_builder import SMALL_NETWORK, cited, make_dataset, make_exit, make_station

NS13 = SMALL_NETWORK.codes[0]
KEPPEL = make_station(SMALL_NETWORK, "keppel")


def _view(output: Stage3Output) -> Dataset:
    return Dataset(output, None, Path("stage3_final.json"))


@pytest.fixture
def dataset() -> Dataset:
    return _view(make_dataset().model_copy(update={"future_stations": (KEPPEL,)}))


def test_what_it_holds_is_what_was_published(dataset: Dataset) -> None:
    output = dataset.output
    assert dataset.stations is output.stations
    assert dataset.future_stations is output.future_stations
    assert dataset.provenance is output.provenance
    assert dataset.findings is output.findings
    assert dataset.as_of == output.metadata.as_of


def test_exits_are_those_of_all_stations_in_their_order(dataset: Dataset) -> None:
    assert [found.exit_id for found in dataset.exits] == [
        "yishun-nsl-A",
        "bishan-nsl-A",
        "bishan-ccl-A",
        "senja-bpl-A",
    ]


def test_lines_stand_in_the_order_of_first_lines_and_none_is_left_out(dataset: Dataset) -> None:
    """CCL is nobody's first line here, and comes last."""
    assert dataset.lines == ("NSL", "BPL", "CCL")


@pytest.mark.parametrize("key", ["bishan", "NS17", "CC15"])
def test_a_station_is_found_by_its_slug_and_by_each_of_its_codes(dataset: Dataset, key: str) -> None:
    found = dataset.get_station(key)
    assert found.slug == "bishan"
    assert dataset.find_station(key) is found


@pytest.mark.parametrize("key", ["", "ns17", "Bishan", "bish", "CC30", "keppel", "NS170"])
def test_a_station_is_not_guessed_at_nor_one_to_come_found(dataset: Dataset, key: str) -> None:
    assert dataset.find_station(key) is None
    with pytest.raises(UsageError, match="no station in operation"):
        dataset.get_station(key)


def test_a_key_in_other_letters_is_refused_with_the_key_that_is_meant(dataset: Dataset) -> None:
    with pytest.raises(UsageError, match=r"'ns17'; expected a code such as .* Did you mean NS17\?$"):
        dataset.get_station("ns17")


def test_a_former_code_is_refused_with_the_code_that_replaced_it() -> None:
    bayfront = KEPPEL.model_copy(update={"slug": "bayfront", "mrt_codes": ("CC34",)})
    with pytest.raises(UsageError, match=r"'CE1'; .* CE1 is CC34 since 2026-07-12\.$"):
        _view(make_dataset(bayfront)).get_station("CE1")


def test_an_exit_is_found_by_its_id_and_leads_to_its_station(dataset: Dataset) -> None:
    found = dataset.get_exit("bishan-ccl-A")
    assert (found.station_code, found.line_code) == ("CC15", "CCL")
    assert dataset.find_exit("bishan-ccl-A") is found
    assert dataset.station_of("bishan-ccl-A").slug == "bishan"


def test_an_unknown_exit_is_refused_with_those_that_are_alike(dataset: Dataset) -> None:
    assert dataset.find_exit("bishan-ccl-B") is None
    for look_up in (dataset.get_exit, dataset.station_of):
        with pytest.raises(UsageError, match=r"no exit 'bishan-ccl-B'; .* Did you mean .*bishan-ccl-A"):
            look_up("bishan-ccl-B")


def test_the_stations_of_a_line_are_all_that_it_serves(dataset: Dataset) -> None:
    assert [station.slug for station in dataset.stations_on("NSL")] == ["yishun", "bishan"]
    assert [station.slug for station in dataset.stations_on("CCL")] == ["bishan"]
    with pytest.raises(UsageError, match="no line 'NS'; expected one of NSL, BPL, CCL"):
        dataset.stations_on("NS")


def test_every_row_has_every_column_and_nothing_nested_by_name(dataset: Dataset) -> None:
    first, *others = dataset.exit_rows()
    assert len(others) == 3
    assert all(row.keys() == first.keys() for row in others)
    assert not any(isinstance(value, dict) for row in (first, *others) for value in row.values())
    assert (first["name"], first["exit_id"], first["lat"]) == (
        "Yishun",
        "yishun-nsl-A",
        dataset.exits[0].lat,
    )


@pytest.mark.parametrize("said", [None, *StepFree])
def test_where_nothing_is_known_of_steps_a_row_says_unknown_and_never_no(said: StepFree | None) -> None:
    access = None if said is None else ExitAccess(step_free=said, evidence=cited())
    station = make_station(SMALL_NETWORK, "yishun", exits=(make_exit(NS13, access=access),))
    (row,) = _view(make_dataset(station)).exit_rows()
    assert row["access_step_free"] == ("unknown" if said is None else said.value)
