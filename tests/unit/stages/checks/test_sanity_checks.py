from __future__ import annotations

from mrt_pipeline.stages.checks import check_sanity
from tests.fakes.network_builder import SMALL_NETWORK, cited, make_dataset, make_station, open_stations


def test_a_sound_dataset_is_sane() -> None:
    keppel = make_station(SMALL_NETWORK, "keppel")
    assert list(check_sanity(make_dataset(future_stations=(keppel,)), SMALL_NETWORK)) == []


def test_positions_identities_and_citations_are_all_checked() -> None:
    wrong = make_station(
        SMALL_NETWORK, "yishun", lat=50.0, station_id="NS1", evidence=cited(document_id="a-blog")
    )
    found = {finding.check for finding in check_sanity(make_dataset(wrong), SMALL_NETWORK)}
    assert found == {"position-outside-singapore", "codes-contradict-lines", "evidence-without-document"}


def test_a_slug_that_a_future_station_shares_with_an_open_one_is_reported() -> None:
    [station, *_] = open_stations()
    twin = make_station(SMALL_NETWORK, "keppel").model_copy(update={"slug": station.slug})
    [finding] = check_sanity(make_dataset(future_stations=(twin,)), SMALL_NETWORK)
    assert finding.message.startswith("slug yishun occurs twice")
