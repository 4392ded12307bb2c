from __future__ import annotations

from typing import get_args

import pytest

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.config.settings import OutputSection
from mrt_pipeline.runtime.output_files import read_output, render_output
from tests.fakes.network_builder import make_dataset

EXPORTERS = {spec.name: spec for spec in all_exports()}


def test_every_format_that_the_configuration_knows_has_an_exporter() -> None:
    [formats, _] = get_args(OutputSection.model_fields["formats"].annotation)
    assert set(get_args(formats)) == EXPORTERS.keys()


def test_every_format_has_a_file_of_its_own() -> None:
    assert len({exporter.file_name for exporter in EXPORTERS.values()}) == len(EXPORTERS)


@pytest.mark.parametrize("name", EXPORTERS)
def test_equal_datasets_give_equal_bytes_whenever_they_were_made(name: str) -> None:
    dataset = make_dataset()
    read_back = read_output(type(dataset), render_output(dataset))
    assert EXPORTERS[name].render(read_back) == EXPORTERS[name].render(dataset)
