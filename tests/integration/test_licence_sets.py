"""The default dataset, made for open licences: neither it nor any export of it has anything of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

import mrt_pipeline
from mrt_pipeline.config.licences import is_open
from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.evidence import walk_published
from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.runtime.output_files import render_output
from mrt_pipeline.stages.checks.sanity import check_citations
from mrt_pipeline.stages.licensing import restrict
from tests.fakes.surroundings import isolate


@pytest.mark.slow
def test_the_open_dataset_and_each_export_of_it_rest_on_open_documents_only(
    default_dataset: Stage3Output,
) -> None:
    made = restrict(default_dataset, "open")
    records = (record for station in made.stations for record in walk_published(station))
    assert all(is_open(reason.licence) for record in records for reason in record.all_evidence())
    others = {
        found.document_id for found in default_dataset.provenance.values() if not is_open(found.licence)
    }
    others |= {found.licence for found in default_dataset.provenance.values() if not is_open(found.licence)}
    assert {"sbs-station-pages", "mot-2022-01-11", "LicenseRef-SBS-Transit-facts"} <= others
    unsaid = made.model_copy(
        update={"findings": tuple(it for it in made.findings if it.check != "licences-left-out")}
    )
    files = [render(made) for spec in all_exports() for render in spec.files.values()]
    for content in (*files, render_output(unsaid)):
        assert not [name for name in others if name.encode() in content]
    assert not list(check_citations(made))


@pytest.mark.slow
def test_the_open_dataset_keeps_what_open_documents_say(default_dataset: Stage3Output) -> None:
    before, after = (
        {name: found.filled for name, found in measure_coverage(dataset.stations).items()}
        for dataset in (default_dataset, restrict(default_dataset, "open"))
    )
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"access", "step_free"}
    assert after["step_free"] == 0  # the statements that every answer rests on are under no licence
    assert after["access"] == sum(
        found.access is not None
        and any(is_open(reason.licence) for reason in found.access.evidence_for("features"))
        for station in default_dataset.stations
        for found in station.exits
    )


@pytest.mark.slow
def test_a_run_for_a_set_makes_the_dataset_that_restricting_one_for_all_gives(
    default_dataset: Stage3Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(tmp_path, monkeypatch)
    made = mrt_pipeline.run(as_of=default_dataset.metadata.as_of, overrides={"output.licences": "open"})
    dataset, expected = made.load().output, restrict(default_dataset, "open")
    assert dataset.metadata.licences == "open"
    assert (dataset.stations, dataset.provenance) == (expected.stations, expected.provenance)
    assert set(dataset.findings) == set(expected.findings)
