from __future__ import annotations

from datetime import date

import pytest

import mrt_pipeline
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.surroundings import isolate


@pytest.fixture(scope="session")
def default_dataset(tmp_path_factory: pytest.TempPathFactory) -> Stage3Output:
    """Return the dataset that the defaults make from the recorded facts, for the date used in the docs."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        isolate(tmp_path_factory.mktemp("default"), monkeypatch)
        return mrt_pipeline.run(as_of=date(2026, 11, 23)).load().output
