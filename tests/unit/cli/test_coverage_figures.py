"""The figures of a dataset, as a program reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Side
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.network_builder import make_dataset, open_stations, provenance

SIDES = (Side(speaker="sbs_transit", says="yes"), Side(speaker="fandom_wiki", says="no"))


@pytest.mark.parametrize("flags", [[], ["--short"]])
def test_the_figures_are_one_object_without_a_word_besides(flags: list[str], tmp_path: Path) -> None:
    denied = finding_of("sources-disagree", "They disagree.", field="access.step_free", sides=SIDES)
    dataset = make_dataset(
        *open_stations(), provenance={"lta-lifts": provenance("lta-lifts")}, findings=(denied,)
    )
    file = tmp_path / "stage3_final.json"
    file.write_bytes(render_output(dataset))
    said = CliRunner().invoke(app, ["coverage", str(file), "--json", *flags])
    assert said.exit_code == 0, said.output
    figures = json.loads(said.stdout)
    assert figures["exits"] == 4
    assert figures["known"]["step_free"] == {"filled": 0, "unknown": 4, "total": 4, "share": 0.0}
    assert [source["source"] for source in figures["sources"]] == ["lta_lifts"]
    details = {"given", "agreements", "contradictions"}
    assert figures.keys() & details == (set() if flags else details)
    if not flags:
        assert figures["agreements"] == [
            {
                "field": "step_free",
                "sources": ["fandom_wiki", "sbs_transit"],
                "agreed": 0,
                "contradicted": 1,
            }
        ]
        assert [finding["check"] for finding in figures["contradictions"]] == ["sources-disagree"]
