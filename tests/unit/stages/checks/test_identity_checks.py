from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mrt_pipeline.contracts.network import Station, StationCode, StationType
from mrt_pipeline.network import load_network
from mrt_pipeline.stages.checks.sanity import check_identities
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_exit,
    make_platform,
    make_station,
    make_trains,
    open_stations,
    station_platform,
    with_platforms,
)

NS13, NS17, CC15, BP13, _ = SMALL_NETWORK.codes
YISHUN, BISHAN, SENJA = open_stations()


def _messages(*stations: Station) -> list[str]:
    return [finding.message for finding in check_identities(stations, SMALL_NETWORK)]


def _yishun(**changes: Any) -> Station:
    return make_station(SMALL_NETWORK, "yishun", **changes)


def test_names_and_codes_that_fit_give_no_finding() -> None:
    assert _messages(with_platforms(_yishun(), make_platform(NS13, NS17)), BISHAN, SENJA) == []


def test_every_code_of_the_real_network_present_or_future_fits_its_line() -> None:
    network, day = load_network(), date(2026, 11, 23)
    slugs = network.open_codes(day).keys() | network.future_codes(day).keys()
    stations = tuple(make_station(network, slug, day) for slug in slugs)
    assert list(check_identities(stations, network)) == []


def test_two_records_of_one_name_are_reported_for_each_kind_of_name() -> None:
    doubled = {message.split()[0] for message in _messages(YISHUN, YISHUN)}
    assert doubled == {"station_id", "slug", "station_code", "exit_id"}


def test_an_exit_id_that_two_stations_use_is_reported() -> None:
    stray = make_exit(BP13, exit_id="yishun-nsl-A")
    [message] = _messages(YISHUN, make_station(SMALL_NETWORK, "senja", exits=(stray,)))
    assert message.startswith("exit_id yishun-nsl-A occurs twice")


@pytest.mark.parametrize("code", ["CC13", "NSX13", "13", "ns13", "NS13-A"])
def test_a_code_whose_prefix_is_not_of_its_line_is_reported(code: str) -> None:
    wrong = StationCode(station_code=code, line_code="NSL", evidence=cited())
    [message] = _messages(_yishun(codes=(wrong,), mrt_codes=(code,), station_id=code, exits=()))
    assert f"code {code} is given to NSL" in message


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mrt_codes": ("NS13", "NS14")}, "mrt_codes and codes differ"),
        ({"lines": ("NSL", "CCL")}, "lines are not those of its codes"),
        ({"station_id": "NS14"}, "station_id is NS14, not its first code"),
        ({"station_type": StationType.LRT}, "station_type is lrt, but NSL is mrt"),
    ],
)
def test_a_station_that_contradicts_its_own_codes_is_reported(changes: dict[str, Any], told: str) -> None:
    [message] = _messages(_yishun(**changes))
    assert told in message


def test_a_station_is_named_by_its_first_code_and_no_other() -> None:
    [message] = _messages(make_station(SMALL_NETWORK, "bishan", station_id="CC15"))
    assert "station_id is CC15, not its first code" in message


@pytest.mark.parametrize("changes", [{"station_code": "CC15"}, {"line_code": "CCL"}])
def test_an_exit_of_a_building_that_its_station_lacks_is_reported(changes: dict[str, Any]) -> None:
    [message] = _messages(_yishun(exits=(make_exit(NS13, **changes),)))
    assert "yishun-nsl-A is assigned to" in message


def test_a_platform_of_another_station_is_reported() -> None:
    [message] = _messages(with_platforms(_yishun(), make_platform(NS17, NS13)))
    assert "platform yishun-nsl-NS13 is assigned to NS17 on NSL" in message


def test_a_platform_id_that_two_stations_use_is_reported() -> None:
    platform = station_platform(NS13, NS17)
    other = platform.model_copy(update={"station_code": "NS17", "towards_code": "NS13", "next_code": "NS13"})
    bishan = BISHAN.model_copy(update={"platforms": (other,)})
    [message] = _messages(_yishun(platforms=(platform,)), bishan)
    assert message.startswith("platform_id yishun-nsl-NS17 occurs twice")


def test_trains_that_are_given_twice_are_reported() -> None:
    platform = station_platform(NS13, NS17)
    twice = (make_trains(platform), make_trains(platform, last_train="00:16"))
    [message] = _messages(_yishun(platforms=(platform,), trains=twice))
    assert message.startswith("trains of yishun-nsl-NS17 NSL_MAIN_S weekday occurs twice")


@pytest.mark.parametrize("field", ["towards_code", "next_code"])
@pytest.mark.parametrize("code", ["CC15", "NS99"])
def test_a_platform_towards_a_code_off_its_line_is_reported(field: str, code: str) -> None:
    [message] = _messages(_yishun(platforms=(station_platform(NS13, NS17, **{field: code}),)))
    assert f"towards {code}, which is not on NSL" in message
