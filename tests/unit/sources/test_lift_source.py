"""Which exits have a lift by LTA's word, and which lift is out of service now."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Station, StepFree
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.documents import Payload, table_of
from mrt_pipeline.runtime.table_source import LateTableSource
from mrt_pipeline.sources.lta_lifts import LIFTS
from mrt_pipeline.sources.lta_lifts.claims import late_source
from mrt_pipeline.sources.lta_lifts.parsing import parse_lifts
from mrt_pipeline.sources.lta_lifts.reading import KnownLifts
from tests.fakes.publishers import lift_row
from tests.fakes.real_stations import real_station

NETWORK = load_network()
DAY = date(2026, 11, 30)


HOUGANG = real_station("hougang", NE14="A B C")
STEVENS = real_station("stevens", DT10="1 4 5", TE11="2 3")
BUKIT_PANJANG = real_station("bukit-panjang", BP6="B", DT1="B")
HARBOURFRONT = real_station("harbourfront", NE1="A B", CC29="A")
BAYFRONT = real_station("bayfront", CC34="A B", DT16="C")


def known(*rows: dict[str, str], out: Iterable[dict[str, str]] = ()) -> KnownLifts:
    payload = Payload(json.dumps({"value": rows}).encode(), datetime(2026, 11, 30, 4, tzinfo=UTC))
    table = table_of(LIFTS, payload, parse_lifts(payload.content, DAY))
    keys = frozenset((row["StationCode"], row["LiftID"], row["LiftDesc"]) for row in out)
    return KnownLifts(table, keys, DAY)


def source_of(*rows: dict[str, str], **changes: Any) -> LateTableSource:
    source = late_source(lambda: known(*rows, **changes), NETWORK)
    source.prepare(())
    return source


def claims_of(about: Station, *rows: dict[str, str], **changes: Any) -> StationClaims:
    return source_of(*rows, **changes).claims_for(about, ())


def access_by_exit(claims: StationClaims) -> dict[str, ExitAccess]:
    return {found.exit_id: found.access for found in claims.exits if found.access is not None}


EXIT_A = lift_row("NE14", "Hougang", "Exit A Street level - Concourse", "B1 L01")


def test_an_exit_that_a_record_names_has_a_lift_and_nothing_is_said_of_steps() -> None:
    claims = claims_of(HOUGANG, EXIT_A)
    (access,) = access_by_exit(claims).values()
    assert (access.step_free, access.features) == (StepFree.UNKNOWN, (AccessFeature.LIFT,))
    assert access.confidence is Confidence.HIGH
    assert access.out_of_service is None
    (found,) = claims.exits
    assert found.exit_id == "hougang-nel-A"
    (cited,) = found.street_lifts
    assert cited.record_id == "NE14:B1 L01:Exit A Street level - Concourse"
    assert cited.document_id in claims.provenance


def test_a_lift_that_is_out_of_service_is_shown_with_its_day_and_changes_nothing_else() -> None:
    working = access_by_exit(claims_of(HOUGANG, EXIT_A))["hougang-nel-A"]
    broken = access_by_exit(claims_of(HOUGANG, EXIT_A, out=[EXIT_A]))["hougang-nel-A"]
    assert broken.out_of_service == DAY
    assert (broken.step_free, broken.features) == (working.step_free, working.features)
    assert broken.evidence["out_of_service"] == broken.evidence["features"]


def test_a_lift_within_the_station_is_claimed_of_no_exit() -> None:
    rows = [lift_row("NE14", "Hougang", "Lift 1 (connecting concourse to Platform 1)", "")]
    assert claims_of(HOUGANG, *rows) == claims_of(HOUGANG, *rows, EXIT_A).model_copy(
        update={"exits": (), "provenance": claims_of(HOUGANG, *rows).provenance}
    )


def test_an_exit_that_the_layer_lacks_is_a_finding_and_no_claim() -> None:
    row = lift_row("DT10", "Stevens", "(TEL) EXIT A STREET LEVEL - PLATFORM B - PLATFORM A", "B3L02", "DTL")
    claims = claims_of(STEVENS, row)
    assert claims.exits == ()
    assert [finding.check for finding in claims.findings] == ["access-exit-unknown"]


def test_a_record_for_one_building_is_not_claimed_of_another_ones_exit() -> None:
    row = lift_row("DT10", "Stevens", "(TEL) EXIT 1 STREET LEVEL - CONCOURSE", line="DTL")
    assert claims_of(STEVENS, row).exits == ()


@pytest.mark.parametrize(
    ("code", "exit_id"), [("BP6", "bukit-panjang-bpl-B"), ("DT1", "bukit-panjang-dtl-B")]
)
def test_a_label_that_buildings_share_is_settled_by_the_station_code(code: str, exit_id: str) -> None:
    row = lift_row(code, "Bukit Panjang", "Exit B Street level - Concourse")
    assert list(access_by_exit(claims_of(BUKIT_PANJANG, row))) == [exit_id]


@pytest.mark.parametrize("code", ["NE1", "CC29"])
def test_a_code_settles_nothing_where_it_is_a_guess_whose_building_it_is(code: str) -> None:
    claims = claims_of(HARBOURFRONT, lift_row(code, "HarbourFront", "Exit A Street level - Concourse"))
    assert claims.exits == ()
    assert [finding.check for finding in claims.findings] == ["access-exit-ambiguous"]


def test_a_code_of_old_means_what_it_became() -> None:
    row = lift_row("CE1", "Bayfront", "Exit B Street level - Concourse", line="CEL")
    assert list(access_by_exit(claims_of(BAYFRONT, row))) == ["bayfront-ccl-B"]


def test_several_exits_in_one_text_have_the_lift_each() -> None:
    row = lift_row("NE14", "Hougang", "EXIT A / B STREET LEVEL - CONCOURSE")
    assert list(access_by_exit(claims_of(HOUGANG, row))) == ["hougang-nel-A", "hougang-nel-B"]


def test_words_that_are_not_known_are_a_finding_and_no_claim() -> None:
    claims = claims_of(HOUGANG, lift_row("NE14", "Hougang", "Opposite Exit A"))
    assert claims.exits == ()
    assert [finding.check for finding in claims.findings] == ["access-words-unread"]


def test_an_unknown_station_is_reported_once_and_at_no_station() -> None:
    source = source_of(lift_row("ZZ9", "Nowhere", "Exit A Street level - Concourse"))
    assert [finding.check for finding in source.findings] == ["access-station-unknown"]
    assert source.claims_for(HOUGANG, ()).exits == ()


def test_the_version_changes_with_what_is_out_of_service_and_with_what_is_known() -> None:
    versions = {
        source_of(EXIT_A).version_for(HOUGANG),
        source_of(EXIT_A, out=[EXIT_A]).version_for(HOUGANG),
        source_of().version_for(HOUGANG),
    }
    assert len(versions) == 3
