from __future__ import annotations

import pytest
from pydantic import ValidationError

from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Evidence, Method
from mrt_pipeline.contracts.network import Landmark
from tests.fakes.network_builder import provenance


def test_all_evidence_of_a_record_is_named_once_in_the_order_of_its_fields() -> None:
    one, two, three = (provenance().cite(name) for name in ("one", "two", "three"))
    record = Landmark(name="Northpoint City", evidence={WHOLE_RECORD: (two, one), "name": (one, three, two)})
    assert record.all_evidence() == (two, one, three)


def test_evidence_that_points_nowhere_is_refused() -> None:
    with pytest.raises(ValidationError, match="evidence needs a record_id or a quote"):
        Evidence(document_id="wiki", method=Method.RULE, licence="CC-BY-SA-3.0")


def test_evidence_for_a_field_that_a_record_has_not_is_refused() -> None:
    reasons = (provenance().cite("one"),)
    with pytest.raises(ValidationError, match="evidence for unknown field 'title'"):
        Landmark(name="Northpoint City", evidence={WHOLE_RECORD: reasons, "title": reasons})
