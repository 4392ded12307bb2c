from __future__ import annotations

from mrt_pipeline.contracts.evidence import WHOLE_RECORD
from mrt_pipeline.contracts.network import Landmark
from tests.fakes.network_builder import provenance


def test_all_evidence_of_a_record_is_named_once_in_the_order_of_its_fields() -> None:
    one, two, three = (provenance().cite(name) for name in ("one", "two", "three"))
    record = Landmark(name="Northpoint City", evidence={WHOLE_RECORD: (two, one), "name": (one, three, two)})
    assert record.all_evidence() == (two, one, three)
