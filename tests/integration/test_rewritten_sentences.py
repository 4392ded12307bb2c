"""No decision reads a sentence: with every message of findings and errors rewritten, all goes as before."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.registry import get_source
from mrt_pipeline.contracts import checks
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.errors import FetchError, GateError, MrtPipelineError, SourceGapError
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.merging import merge_claims
from mrt_pipeline.orchestrator import PipelineOrchestrator, RunRequest
from mrt_pipeline.orchestrator.dry_run import make_plan
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.manifests import find_manifest
from mrt_pipeline.stages.enrichment import registry
from tests.fakes import stage2_sources
from tests.unit.extraction import scene

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 23)
Decided = dict[str, Any]


@contextmanager
def _reworded() -> Iterator[None]:
    """Rewrite every message of a finding or an error that is made, so that no word of its own is left."""

    def reword(sentence: str) -> str:
        return f"In other words {sha256(sentence.encode()).hexdigest()}."

    def find(message: str, **facts: Any) -> Finding:
        return Finding(message=reword(message), **facts)

    def say(error: MrtPipelineError, message: str = "") -> None:
        Exception.__init__(error, reword(message))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "Finding", find)
        patch.setattr(MrtPipelineError, "__init__", say)
        yield


def _as_before(decide: Callable[[Path], Decided], folder: Path) -> None:
    """Hold what is decided in other words against what is decided in ours."""
    (ours := folder / "ours").mkdir()
    (others := folder / "others").mkdir()
    expected = decide(ours)
    with _reworded():
        found = decide(others)
    assert [name for name in expected if found[name] != expected[name]] == []


def _dataset(folder: Path) -> Decided:
    """Return what a run has published, its findings without their words."""
    dataset: Decided = json.loads((folder / "outputs/latest/stage3_final.json").read_bytes())
    del dataset["metadata"]
    words = [finding.pop("message") for finding in dataset["findings"]]
    assert words
    return {name: to_json(part) for name, part in dataset.items()} | {"number of findings": len(words)}


def _flags(error: MrtPipelineError) -> list[str]:
    """Return what the command that goes on after an error asks for, without folder and configuration."""
    return shlex.split(str(error.go_on_with))[4:-2]


def _config(folder: Path, *sources: str, **changes: Any) -> Path:
    stage2: dict[str, Any] = {"sources": list(sources)} if sources else {}
    config = folder / "pipeline.yaml"
    settings = {"stages": {"stage2_enrichment": stage2}, "output": {"directory": str(folder / "outputs")}}
    config.write_text(json.dumps(settings | changes))
    return config


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield
    stage2_sources.ERRORS.clear()
    stage2_sources.OPENED.clear()


def test_the_dataset_of_the_default_sources_stays_the_same(tmp_path: Path) -> None:
    def decide(folder: Path) -> Decided:
        PipelineOrchestrator(_config(folder), as_of=DAY).execute(RunRequest(as_of=DAY))
        return _dataset(folder)

    _as_before(decide, tmp_path)


ACCESS_PAGE = "Exit A is step-free.\nExit A is not step-free."
YES, NO = (
    scene.said("access", value, quote)
    for value, quote in zip(("step_free_yes", "step_free_no"), ACCESS_PAGE.split("\n"), strict=True)
)
LETTERS_PAGE = "Platform A: towards Jurong East\nPlatform C: towards Jurong East"
LETTER_A, LETTER_C = (
    scene.said("platform", quote[9], quote, None, towards="Jurong East") for quote in LETTERS_PAGE.split("\n")
)


@pytest.mark.parametrize(
    ("page", "said"),
    [(ACCESS_PAGE, (YES, NO)), (LETTERS_PAGE, (LETTER_A, LETTER_C))],
    ids=["access", "letters"],
)
def test_what_a_page_disputes_stays_unpublished(
    page: str, said: tuple[Candidate, ...], tmp_path: Path
) -> None:
    def claims(source: str, *candidates: Candidate) -> StationClaims:
        readings = [(scene.page(page), candidates)]
        exits, _, found = ground(readings, scene.YISHUN, scene.FACTS, source=source)
        return StationClaims(source=source, exits=exits, findings=found)

    def decide(_folder: Path) -> Decided:
        disputed = claims("fandom_wiki", *said)
        merged = merge_claims(scene.YISHUN, [disputed, claims("openrouter_llm", said[0])])
        records = (*merged.platforms, *merged.exits)
        return {"merged": [item.model_dump_json() for item in records], "told": len(disputed.findings)}

    _as_before(decide, tmp_path)
    assert decide(tmp_path)["told"]


def test_gates_planning_and_retry_decide_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A gap is refused, planned for and retried, then more is lost than the gate allows."""
    own = replace(get_source("network"), package="tests.fakes", opener="stage2_sources:open_source")
    monkeypatch.setattr(registry, "get_source", lambda name: own if name == "network" else get_source(name))

    def decide(folder: Path) -> Decided:
        config = _config(folder, "network")
        stage2_sources.ERRORS["yishun"] = FetchError("network", "has no page.", status=404)
        with pytest.raises(SourceGapError) as gap:
            PipelineOrchestrator(config, as_of=DAY).execute(RunRequest(as_of=DAY))
        [run] = (folder / "outputs").glob("2*")
        refused = find_manifest(run)
        assert refused is not None and refused.gates is not None
        stage2_sources.ERRORS.clear()
        plan = make_plan(PipelineConfig(config), RunRequest(retry_failed=True))
        retried = PipelineOrchestrator(config, as_of=DAY).execute(RunRequest(retry_failed=True))
        asked = stage2_sources.OPENED[-1].asked
        published = _dataset(folder)
        with pytest.raises(GateError) as loss:
            PipelineOrchestrator(_config(folder, "lta_datamall"), as_of=DAY).execute(RunRequest(as_of=DAY))
        return published | {
            "gap": (type(gap.value), gap.value.source_id, gap.value.retryable, len(gap.value.reasons)),
            "remedy of the gap": _flags(gap.value),
            "gates": (refused.status, refused.gates.status, len(refused.gates.gaps)),
            "plan": [(stage.name, stage.action) for stage in plan.stages],
            "asked again": list(asked),
            "retried": (retried.status, [record.reused for record in retried.stages.values()]),
            "loss": (type(loss.value), len(loss.value.reasons)),
            "remedy of the loss": _flags(loss.value),
        }

    _as_before(decide, tmp_path)
