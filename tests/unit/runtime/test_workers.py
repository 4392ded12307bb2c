from __future__ import annotations

from concurrent.futures import CancelledError

import pytest

from mrt_pipeline.config.settings import ExecutionSection, Settings
from mrt_pipeline.errors import ConfigError, WorkersError
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import refuse_useless_request
from mrt_pipeline.runtime import workers
from mrt_pipeline.runtime.workers import DaskWorkers, program_version

DASK = ExecutionSection(reading="dask", scheduler_address="tcp://localhost:1")


def test_a_batch_is_done_in_its_order() -> None:
    assert workers._do_batch(program_version(), str, [3, 1, 2]) == ["3", "1", "2"]


def test_a_worker_whose_code_was_changed_meanwhile_refuses_a_batch() -> None:
    with pytest.raises(WorkersError, match=r"expected code 0ld, as here\. Install the same there"):
        workers._do_batch("code 0ld", str, [1])


@pytest.mark.parametrize("part", ["code_version", "sys"])
def test_the_version_is_of_the_code_and_of_what_runs_it(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        version_info = (3, 99, 0)

        def __call__(self) -> str:
            return "0" * 64

    before = program_version()
    monkeypatch.setattr(workers, part, Other())
    assert program_version() != before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CancelledError(), "was lost"),
        (ConnectionResetError(), "was lost"),
        (type("KilledWorker", (Exception,), {})(), "memory enough"),
        (ModuleNotFoundError("No module named 'mrt_pipeline'"), "lacks this program"),
    ],
)
def test_what_ends_a_cluster_is_reported_in_a_sentence_with_a_remedy(error: Exception, words: str) -> None:
    fault = DaskWorkers("tcp://localhost:1").find_fault(error)
    assert fault is not None
    assert words in fault
    assert fault.endswith("or set execution.reading to inline.")


def test_a_page_that_cannot_be_read_is_no_fault_of_the_cluster() -> None:
    assert DaskWorkers("tcp://localhost:1").find_fault(ValueError()) is None


def test_a_cluster_without_its_package_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(execution=DASK)
    refuse_useless_request(RunRequest(), settings)
    monkeypatch.setattr(workers, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"distributed, and that is not installed\. Run: pip install"):
        refuse_useless_request(RunRequest(), settings)
    refuse_useless_request(RunRequest(), Settings())
