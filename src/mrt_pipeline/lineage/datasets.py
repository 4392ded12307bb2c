"""Datasets in OpenLineage's terms: a publisher's document, a stage's checkpoint, a published file.

A source is in the namespace of its publisher's site, under our id for it; what a run makes is in the run's
namespace, under its file name. Neither contains a path, so the names are the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlsplit

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.names import FINAL_STAGE
from mrt_pipeline.contracts.run import Manifest, StageRecord, StageStatus
from mrt_pipeline.lineage.checks import Judgement
from mrt_pipeline.lineage.facets import OWNER, Json, make_facets, owned_by, tags
from mrt_pipeline.lineage.schemas import checkpoint_fields, export_fields, source_fields

Facets = Mapping[str, Json | None]
"""facet to its content, if any"""

_PURPOSES = {
    "stage1_ingestion": "Stations with their exits, and what became of each feature of LTA's file",
    "stage2_enrichment": "What belongs to each exit, as claimed by the sources, merged and with evidence",
    "stage3_merger": "The dataset: stations with exits, every value with its evidence",
    "mrt_transit_graph.json": "The dataset as a plain list of stations",
    "mrt_transit_graph.meta.json": "The date and licences of the plain list of stations",
    "exits.geojson": "Every exit as a point (RFC 7946)",
    "report.html": "The dataset as a page, for the person who reviews it",
}


@dataclass(frozen=True, slots=True)
class Datasets:
    """What a run has read and made, according to its manifest."""

    manifest: Manifest
    namespace: str

    def sources_of(self, stage_name: str) -> list[Json]:
        """Return the sources that a stage has read, each once, as inputs."""
        documents = sorted(self._documents_of(stage_name), key=attrgetter("source_id", "document_id"))
        grouped = groupby(documents, key=attrgetter("source_id"))
        return [self._source(source_id, list(group)) for source_id, group in grouped]

    def checkpoints_of(self, stage_names: Iterable[str], judgements: Iterable[Judgement] = ()) -> list[Json]:
        """Return the existing checkpoints of the stages as inputs, with the results of checks."""
        assertions = [judgement.as_assertion() for judgement in judgements if judgement.status != "skip"]
        records = [self.manifest.stages[name] for name in stage_names if name in self.manifest.stages]
        return [
            self._dataset(
                (self.namespace, record.checkpoint.file),
                {"version": {"datasetVersion": record.checkpoint.sha256}},
                inputStatistics={"size": record.checkpoint.size_bytes, "fileCount": 1},
                dataQualityAssertions={"assertions": assertions} if assertions else None,
            )
            for record in records
            if record.checkpoint is not None and record.status is not StageStatus.DISABLED
        ]

    def made_by(self, stage_name: str) -> list[Json]:
        """Return the checkpoint of a stage as its output."""
        record = self.manifest.stages[stage_name]
        if (made := record.checkpoint) is None:
            return []
        columns = {
            name: {"count": column.filled, "nullCount": column.empty}
            for name, column in record.columns.items()
        }
        size = {"bytes": made.size_bytes, "fileCount": 1}
        facets = {
            "schema": _schema(checkpoint_fields(stage_name)),
            "documentation": {"description": _PURPOSES[stage_name]},
            "dataQualityMetrics": {"rowCount": _count_rows(record), **size, "columnMetrics": columns},
        }
        return [self._file(stage_name, made.file, made.sha256, made.size_bytes, facets)]

    def published(self) -> list[Json]:
        """Return the published files as outputs."""
        sizes = self.manifest.publication.sizes if self.manifest.publication is not None else {}
        facets = {
            name: {
                "schema": _schema(export_fields(name)),
                "documentation": {"description": _PURPOSES.get(name, "The dataset in another format")},
            }
            for name in self.manifest.outputs
        }
        return [
            self._file(FINAL_STAGE, name, sha256, sizes.get(name), facets[name])
            for name, sha256 in self.manifest.outputs.items()
        ]

    def _documents_of(self, stage_name: str) -> list[Provenance]:
        sources = self.manifest.stages[stage_name].sources
        return [document for document in self.manifest.sources.values() if document.source_id in sources]

    def _source(self, source_id: str, documents: Sequence[Provenance]) -> Json:
        first, is_single = documents[0], len(documents) == 1
        site = "{0.scheme}://{0.netloc}".format(urlsplit(first.url))
        return self._dataset(
            (site, source_id),
            {
                "schema": _schema(source_fields(source_id)),
                "dataSource": {"name": first.publisher, "uri": first.url if is_single else site},
                "version": {"datasetVersion": _version_of(documents)},
                "documentation": {"description": _attribution(documents)},
                "ownership": owned_by(publisher=first.publisher),
                "tags": tags(
                    licence=first.licence,
                    licence_url=first.licence_url,
                    retrieved_at=max(document.retrieved_at for document in documents).isoformat(),
                    revision=first.revision if is_single else None,
                ),
            },
            inputStatistics={
                "rowCount": sum(document.records for document in documents),
                "fileCount": len(documents),
            },
        )

    def _file(self, stage_name: str, name: str, sha256: str, size: int | None, facets: Facets) -> Json:
        """Return a file as an output, with row count and licences of a stage's result."""
        licences = sorted({document.licence for document in self._documents_of(stage_name)})
        rows = _count_rows(self.manifest.stages[stage_name])
        return self._dataset(
            (self.namespace, name),
            {
                **facets,
                "version": {"datasetVersion": sha256},
                "datasetType": {"datasetType": "FILE"},
                "ownership": owned_by(maintainer=OWNER),
                "tags": {"tags": [tag for licence in licences for tag in tags(licence=licence)["tags"]]},
            },
            outputStatistics={"rowCount": rows, "size": size, "fileCount": 1},
        )

    def _dataset(self, name: tuple[str, str], facets: Facets, **statistics: Json | None) -> Json:
        side = "output" if "outputStatistics" in statistics else "input"
        version = self.manifest.software_version
        return {
            "namespace": name[0],
            "name": name[1],
            "facets": make_facets("dataset", version, **facets),
            f"{side}Facets": make_facets(side, version, **statistics),
        }


def _schema(fields: list[Json] | None) -> Json | None:
    return None if fields is None else {"fields": fields}


def _count_rows(record: StageRecord) -> int | None:
    """Return the number of exits in a checkpoint."""
    lists = (column.filled for name, column in record.columns.items() if name.endswith(".exits"))
    return next(lists, None)


def _version_of(documents: Sequence[Provenance]) -> str:
    """Return the sha256 of a document; for several, of their list."""
    if len(documents) == 1:
        return documents[0].sha256
    listed = "".join(f"{document.document_id} {document.sha256}\n" for document in documents)
    return hashlib.sha256(listed.encode()).hexdigest()


def _attribution(documents: Sequence[Provenance]) -> str:
    first = documents[0]
    if len(documents) == 1:
        return f"{first.title}. {first.attribution}"
    return f"{len(documents)} documents, each with an attribution such as: {first.attribution}"
