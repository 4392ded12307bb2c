"""Build a release: all files, then ``index.json`` and ``SHA256SUMS``, then its name."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.names import FINAL_NAME
from mrt_pipeline.contracts.network import count_stations
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import (
    Approval,
    Counts,
    Delta,
    Licence,
    ReleasedSet,
    ReleaseIndex,
    SourceRead,
)
from mrt_pipeline.releasing import naming
from mrt_pipeline.releasing.admission import ReleaseCandidate
from mrt_pipeline.releasing.changes import find_changes, render_changes
from mrt_pipeline.releasing.contents import ReleaseFile
from mrt_pipeline.releasing.materials import render_materials
from mrt_pipeline.releasing.naming import OPEN
from mrt_pipeline.releasing.shelf import Released, read_release
from mrt_pipeline.releasing.verifying import render_sums
from mrt_pipeline.report import REPORT_FILE
from mrt_pipeline.report.texts import show_message
from mrt_pipeline.runtime.files import (
    flush_folder,
    make_folder,
    sha256_of,
    storage_errors,
    temporary_path,
    to_json,
    write_bytes,
)
from mrt_pipeline.runtime.output_files import render_output

READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """The contents of a new release."""

    version: str
    candidate: ReleaseCandidate
    open_dataset: Stage3Output
    """the candidate's dataset for open licences"""
    approval: Approval
    exports: tuple[ReleaseFile, ...]
    """formats of both datasets"""
    content_sha256: str
    previous: Released | None
    now: datetime


def build(plan: ReleasePlan, releases: Path) -> Released:
    """Build a release in the folder of all releases; it gets its name once it is complete and on disk.

    Raises:
        ReleaseError: if the previous release was changed.
        StorageError: if it cannot be written; nothing of it remains then.
    """
    place = releases / plan.version
    temporary = temporary_path(place)
    contents = render(plan)
    try:
        make_folder(temporary, exist_ok=False)
        make_folder(temporary / OPEN)
        _write_all(temporary, contents)
        with storage_errors(place, "could not be renamed to its final name"):
            temporary.rename(place)
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(temporary)
        raise
    with storage_errors(place, "was written, but may not survive a power cut"):
        flush_folder(releases)
    return read_release(place)


def render(plan: ReleasePlan) -> dict[str, bytes]:
    """Return every file of a release by name."""
    dataset = plan.candidate.dataset
    title = f"Stations and exits of Singapore's MRT and LRT on {dataset.metadata.as_of}"
    delta = find_changes(plan.version, dataset, plan.previous)
    files = [
        ReleaseFile("dataset", FINAL_NAME, plan.candidate.content),
        ReleaseFile("dataset", f"{OPEN}/{FINAL_NAME}", render_output(plan.open_dataset)),
        *plan.exports,
        ReleaseFile("report", REPORT_FILE, plan.candidate.report),
        _attribution(plan, dataset),
        _attribution(plan, plan.open_dataset, f"{OPEN}/"),
        ReleaseFile(
            "citation", naming.CITATION_NAME, render_citation(plan.version, title, dataset, plan.now)
        ),
        ReleaseFile("changes", naming.CHANGES_NAME, render_changes(delta)),
        ReleaseFile("delta", naming.DELTA_NAME, to_json(delta)),
        ReleaseFile("materials", naming.MATERIALS_NAME, render_materials()),
    ]
    contents = {file.path: file.content for file in files}
    contents[naming.INDEX_NAME] = to_json(_index(plan, title, delta, files))
    return {**contents, naming.SUMS_NAME: render_sums({name: sha256_of(it) for name, it in contents.items()})}


def _index(plan: ReleasePlan, title: str, delta: Delta, files: Iterable[ReleaseFile]) -> ReleaseIndex:
    dataset, manifest = plan.candidate.dataset, plan.candidate.run.manifest
    return ReleaseIndex(
        version=plan.version,
        previous=delta.previous,
        as_of=dataset.metadata.as_of,
        released_at=plan.now,
        title=title,
        run_id=manifest.run_id,
        software_version=manifest.software_version,
        approval=plan.approval,
        content_sha256=plan.content_sha256,
        counts=Counts(**count_stations(dataset.stations), future_stations=len(dataset.future_stations)),
        coverage=measure_coverage(dataset.stations),
        licences=list_licences(dataset.provenance.values()),
        sources=list_sources(dataset.provenance.values()),
        resources=tuple(file.describe() for file in files),
        sets=(_describe_set("all", "", dataset), _describe_set(OPEN, f"{OPEN}/", plan.open_dataset)),
    )


def _describe_set(name: Literal["all", "open"], folder: str, dataset: Stage3Output) -> ReleasedSet:
    return ReleasedSet(
        name=name,
        path=folder,
        licences=tuple(sorted({it.licence for it in dataset.provenance.values()})),
        coverage=measure_coverage(dataset.stations),
    )


def _attribution(plan: ReleasePlan, dataset: Stage3Output, folder: str = "") -> ReleaseFile:
    sentences = render_attribution(plan.version, list_licences(dataset.provenance.values()))
    return ReleaseFile("attribution", f"{folder}{naming.ATTRIBUTION_NAME}", sentences)


def _write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        write_bytes(folder / name, content)
        with storage_errors(folder / name, "could not be made read-only"):
            (folder / name).chmod(READ_ONLY)


def list_licences(documents: Iterable[Provenance]) -> tuple[Licence, ...]:
    """Return each licence with the sentences that its documents require, without repetition."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for document in documents:
        found.setdefault((document.licence, document.licence_url), {})[document.attribution] = None
    return tuple(
        Licence(licence=licence, url=url, attributions=tuple(sorted(sentences)))
        for (licence, url), sentences in sorted(found.items())
    )


def list_sources(documents: Iterable[Provenance]) -> tuple[SourceRead, ...]:
    """Return each document that was read, sorted by id."""
    named = SourceRead.model_fields
    return tuple(
        SourceRead(**{name: getattr(document, name) for name in named})
        for document in sorted(documents, key=lambda document: document.document_id)
    )


def render_attribution(version: str, licences: Iterable[Licence]) -> bytes:
    """Return the sentences that must accompany the data, by licence."""
    lines = [
        f"Release {version}: if you redistribute this data, credit its sources with these sentences.",
        "Each value in stage3_final.json carries the licence of the document that it was read from.",
    ]
    for licence in licences:
        lines += ["", f"{show_message(licence.licence)} ({show_message(licence.url)})", ""]
        lines += [f"- {show_message(sentence)}" for sentence in licence.attributions]
    return ("\n".join(lines) + "\n").encode()


def render_citation(version: str, title: str, dataset: Stage3Output, released_at: datetime) -> bytes:
    """Return how to cite a release, in the Citation File Format 1.2.0."""
    documents = sorted(dataset.provenance.values(), key=lambda document: document.document_id)
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, cite it, and credit its sources as ATTRIBUTION.txt does.",
        "type": "dataset",
        "title": title,
        "version": version,
        "date-released": released_at.date().isoformat(),
        "authors": [{"name": show_message(dataset.metadata.pipeline_name)}],
        "references": [_reference(document) for document in documents],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000).encode()


def _reference(document: Provenance) -> dict[str, Any]:
    return {
        "type": "data",
        "title": show_message(document.title),
        "authors": [{"name": show_message(document.publisher)}],
        **({"url": document.url} if document.url.startswith(("https://", "http://")) else {}),
        "date-accessed": document.retrieved_at.date().isoformat(),
    }
