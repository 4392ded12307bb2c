"""No decision reads a sentence: with every message of findings and errors rewritten, all goes as before."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline import cli, errors
from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.registry import get_source
from mrt_pipeline.contracts import checks
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.errors import EXIT_FAILURE, FetchError
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.merging import merge_claims
from mrt_pipeline.orchestrator import RunRequest
from mrt_pipeline.orchestrator.dry_run import make_plan
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.manifests import find_manifest
from mrt_pipeline.stages.enrichment import registry
from tests.fakes import stage2_sources
from tests.unit.extraction import scene

pytestmark = pytest.mark.slow

DAY = "2026-11-23"
Decided = dict[str, Any]


class _Reworder:
    """Stands where errors and findings put their sentences, and leaves no word of them."""

    def redact(self, sentence: str) -> str:
        """Return the same words for every sentence, so that none can be told from another."""
        return "In other words."

    def find(self, message: str, **facts: Any) -> Finding:
        """Return a finding in other words."""
        return Finding(message=self.redact(message), **facts)


@contextmanager
def _reworded() -> Iterator[None]:
    """Rewrite every message of a finding, and every sentence of an error, its reasons and faults included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "Finding", _Reworder().find)
        patch.setattr(errors, "SECRETS", _Reworder())
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


def _run(config: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> Decided:
    """Return how the command ends: its exit code, and what it tells a program but names, times and words."""
    argv = ["mrt-pipeline", "run", "--json", "--config", str(config), *flags]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", argv)
        patch.setattr(sys, "excepthook", sys.excepthook)
        patch.setattr(threading, "excepthook", threading.excepthook)
        cli.main()
    told = json.loads(capsys.readouterr().out)
    kept = {name: told[name] for name in ("status", "as_of", "counts", "findings")}
    remedy = [word for word in shlex.split(told["next"] or "") if word.startswith("--")]
    return {**kept, "exit code": end.value.code, "remedy": remedy, **_left_in(Path(told["folder"]))}


def _left_in(folder: Path) -> Decided:
    """Return what a run left that is decided: statuses, gates, alerts, findings without their words."""
    manifest = find_manifest(folder)
    assert manifest is not None
    gates = None if manifest.gates is None else manifest.gates.model_dump(mode="json", exclude={"baseline"})
    for words in ("reason", "excesses", "gaps"):
        if gates is not None:
            gates[words] = len(gates[words]) if words != "reason" else None
    alerts = folder / "alerts.json"
    sent = json.loads(alerts.read_bytes()) if alerts.exists() else []
    validation = folder / "validation.json"
    found = json.loads(validation.read_bytes())["findings"] if validation.exists() else []
    return {
        "stages": {name: (record.status, record.reused) for name, record in manifest.stages.items()},
        "gates": gates,
        "alerts": [(alert["trigger"], alert["level"]) for alert in sent],
        "all findings": [{**finding, "message": None} for finding in found],
    }


def _config(folder: Path, *sources: str, **changes: Any) -> Path:
    stage2: dict[str, Any] = {"sources": list(sources)} if sources else {}
    config = folder / "pipeline.yaml"
    settings = {
        "stages": {"stage2_enrichment": stage2},
        "output": {"directory": str(folder / "outputs")},
        "alerting": {"enabled": True, "on_failure": ["file"]},
    }
    config.write_text(json.dumps(settings | changes))
    return config


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield
    stage2_sources.ERRORS.clear()
    stage2_sources.OPENED.clear()


def test_the_dataset_of_the_default_sources_stays_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def decide(folder: Path) -> Decided:
        ended = _run(_config(folder), capsys, "--as-of", DAY)
        assert ended["exit code"] == 0
        return ended | _dataset(folder)

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


def test_gates_planning_and_retry_decide_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A gap is refused, planned for and retried, then more is lost than the gate allows."""
    own = replace(get_source("network"), package="tests.fakes", opener="stage2_sources:open_source")
    monkeypatch.setattr(registry, "get_source", lambda name: own if name == "network" else get_source(name))

    def decide(folder: Path) -> Decided:
        config = _config(folder, "network")
        stage2_sources.ERRORS["yishun"] = FetchError("network", "has no page.", status=404)
        gap = _run(config, capsys, "--as-of", DAY)
        stage2_sources.ERRORS.clear()
        plan = make_plan(PipelineConfig(config), RunRequest(retry_failed=True))
        retried = _run(config, capsys, "--retry-failed")
        asked = stage2_sources.OPENED[-1].asked
        published = _dataset(folder)
        loss = _run(_config(folder, "lta_datamall"), capsys, "--as-of", DAY)
        assert [one["exit code"] for one in (gap, retried, loss)] == [EXIT_FAILURE, 0, EXIT_FAILURE]
        return published | {
            "gap": gap,
            "plan": [(stage.name, stage.action) for stage in plan.stages],
            "retried": retried,
            "asked again": list(asked),
            "loss": loss,
        }

    _as_before(decide, tmp_path)
