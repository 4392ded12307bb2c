"""Which licences a dataset is made for."""

from __future__ import annotations

import pytest

from mrt_pipeline.config.licences import choose_licences


@pytest.mark.parametrize(
    ("value", "chosen"),
    [("all", "all"), ("open", "open"), (["SODL-1.0", "CC-BY-4.0"], ("CC-BY-4.0", "SODL-1.0"))],
)
def test_a_set_is_all_open_or_licences_in_one_order(value: object, chosen: object) -> None:
    assert choose_licences(value) == chosen


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "is empty"),
        ("everything", "is 'everything'; expected"),
        (["SODL-1.0", "MIT"], "names 'MIT'; expected"),
        (["SODL-1.0", "SODL-1.0"], "more than once"),
        (["CC-BY-4.0"], r"must include SODL-1\.0, the licence of the stations and exits"),
    ],
)
def test_what_is_no_set_is_refused_by_name(value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        choose_licences(value)
