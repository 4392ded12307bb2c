"""What records take of memory beside their values, and the times that they may hold."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import sys
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from mrt_pipeline import contracts
from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Evidence, Method

CITED = {"document_id": "a", "method": Method.RECORD, "licence": "L"}


def test_records_made_with_the_same_fields_share_the_set_of_these() -> None:
    one, other = (Evidence(**CITED, record_id=record_id) for record_id in "12")
    assert one.model_fields_set == {*CITED, "record_id"}
    assert one.model_fields_set is other.model_fields_set


def test_a_record_made_with_other_fields_has_its_own_set() -> None:
    one, other = Evidence(**CITED, record_id="1"), Evidence(**CITED, quote="Exit A")
    assert one.model_fields_set != other.model_fields_set


def test_a_copy_shares_its_set_and_leaves_that_of_the_first_as_it_is() -> None:
    first = Evidence(**CITED, record_id="1")
    changed = first.model_copy(update={"quote": "Exit A"})
    assert first.model_fields_set == {*CITED, "record_id"}
    assert changed.model_fields_set == {*CITED, "record_id", "quote"}
    assert changed.model_fields_set is Evidence(**CITED, record_id="2", quote="B").model_fields_set


def test_records_share_the_names_of_their_fields() -> None:
    first = Evidence(**CITED, record_id="1")
    for record in (first, first.model_copy(update={"quote": "Exit A"})):
        assert sys.getsizeof(vars(record)) < sys.getsizeof(dict(vars(record)))


def test_a_record_is_equal_to_each_kind_of_its_copies() -> None:
    first = Evidence(**CITED, record_id="1")
    for other in (first.model_copy(deep=True), copy.copy(first), copy.deepcopy(first)):
        assert (other, hash(other)) == (first, hash(first))
        assert list(vars(other)) == list(Evidence.model_fields)


def _all_below(kind: type[Record]) -> Iterator[type[Record]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all_below(below)


def test_no_record_takes_a_time_at_an_end_of_the_calendar() -> None:
    for module in pkgutil.iter_modules(contracts.__path__, f"{contracts.__name__}."):
        importlib.import_module(module.name)
    kinds = [kind for kind in _all_below(Record) if kind.__module__.startswith(contracts.__name__)]
    times = [
        (kind, name)
        for kind in kinds
        for name, field in kind.model_fields.items()
        if "datetime" in str(field.annotation).lower()
    ]
    assert len(times) > 10
    for kind, name in times:
        with pytest.raises(ValidationError) as caught:
            kind.model_validate({name: "9999-12-31T23:59:59Z"})
        assert (name,) in [fault["loc"] for fault in caught.value.errors()], f"{kind.__name__}.{name}"
