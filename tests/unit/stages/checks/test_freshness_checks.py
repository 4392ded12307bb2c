from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.stages.checks.freshness import check_freshness
from tests.fakes.network_builder import AS_OF, make_dataset, provenance

NOON = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12, tzinfo=UTC)


@pytest.mark.parametrize(("days", "is_old"), [(-30, False), (180, False), (181, True)])
def test_a_source_is_old_by_its_rhythm_and_the_day_described(days: int, is_old: bool) -> None:
    read = provenance("lta-station-exits", retrieved_at=NOON - timedelta(days=days))
    found = list(check_freshness(make_dataset(provenance={read.document_id: read}), Settings()))
    assert [(it.check, it.source, it.record_id) for it in found] == (
        [("source-old", "datagov", "lta-station-exits")] if is_old else []
    )


def test_documents_of_one_source_are_one_finding_that_names_the_oldest_first() -> None:
    documents = {
        name: provenance(name, retrieved_at=NOON - timedelta(days=days))
        for name, days in (("nparks-parks", 366), ("nea-hawker-centres", 365), ("nhb-museums", 2_000))
    }
    [found] = check_freshness(make_dataset(provenance=documents), Settings())
    assert (found.source, found.record_id) == ("official_places", "nhb-museums")
    assert "nhb-museums dates from 2020-" in found.message
    assert "nparks-parks" in found.message
    assert "nea-hawker-centres" not in found.message


def test_a_copy_is_as_old_as_its_content_and_a_statement_does_not_age() -> None:
    copy, *_ = copies = (
        provenance("nhb-museums", retrieved_at=NOON),
        provenance("mot-2022-01-11", retrieved_at=NOON),
    )
    old = NOON.date() - timedelta(days=2_000)
    documents = {it.document_id: it.model_copy(update={"content_date": old}) for it in copies}
    [found] = check_freshness(make_dataset(provenance=documents), Settings())
    assert found.record_id == copy.document_id


def test_a_document_of_no_known_source_has_the_usual_rhythm() -> None:
    read = provenance("theirs", retrieved_at=NOON - timedelta(days=181))
    [found] = check_freshness(make_dataset(provenance={"theirs": read}), Settings())
    assert found.source == "theirs"
