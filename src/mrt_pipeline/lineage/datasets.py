"""Datasets as OpenLineage names them: a publisher's document, a stage's checkpoint, a published file.

A source lies in the namespace of its publisher's site, under our id of it; what a run makes lies in the run's
namespace, under its file name. Neither holds a path, so the names are the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import urlsplit

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.outputs import Stage3Output, StageOutput
from mrt_pipeline.contracts.run import CheckpointRecord
from mrt_pipeline.lineage.checks import Judgement
from mrt_pipeline.lineage.facets import Json, Marker, tags
from mrt_pipeline.lineage.quality import count_rows, measure_columns
from mrt_pipeline.lineage.schemas import checkpoint_fields, export_fields, source_fields

OWNER = "application:mrt-data-pipeline"

_PURPOSES = {
    "stage1_ingestion": "Stations with their exits, and what became of each feature of LTA's file",
    "stage2_enrichment": "What hangs on each exit, as claimed by the sources, merged and with evidence",
    "stage3_merger": "The dataset: stations with exits, every value with its evidence",
    "mrt_transit_graph.json": "The dataset as a plain list of stations",
    "exits.geojson": "Every exit as a point (RFC 7946)",
    "report.html": "The dataset as a page, for the person who vets it",
}


def read_sources(documents: Iterable[Provenance], marker: Marker) -> list[Json]:
    """Return the sources that some documents belong to, each source once, as inputs."""
    ordered = sorted(documents, key=lambda document: (document.source_id, document.document_id))
    grouped = groupby(ordered, key=lambda document: document.source_id)
    return [_read_source(source_id, list(group), marker) for source_id, group in grouped]


def checkpoint_input(
    record: CheckpointRecord, namespace: str, marker: Marker, judgements: Iterable[Judgement] = ()
) -> Json:
    """Return a stage's checkpoint as an input, with what was checked on it."""
    facets: Json = {
        "inputStatistics": marker.facet(
            "InputStatisticsInputDatasetFacet", size=record.size_bytes, fileCount=1
        )
    }
    if assertions := [one.as_assertion() for one in judgements if one.status != "skip"]:
        facets["dataQualityAssertions"] = marker.facet(
            "DataQualityAssertionsDatasetFacet", assertions=assertions
        )
    return {
        "namespace": namespace,
        "name": record.file,
        "facets": {"version": _version(record.sha256, marker)},
        "inputFacets": facets,
    }


def made_checkpoint(
    stage_name: str, record: CheckpointRecord, output: StageOutput, namespace: str, marker: Marker
) -> Json:
    """Return a stage's checkpoint as an output."""
    rows = count_rows(output)
    metrics = marker.facet(
        "DataQualityMetricsDatasetFacet",
        rowCount=rows,
        bytes=record.size_bytes,
        fileCount=1,
        columnMetrics=measure_columns(output),
    )
    facets = {
        **_file_facets(_PURPOSES[stage_name], record.sha256, checkpoint_fields(stage_name), marker),
        "tags": _licence_tags(output.provenance.values(), marker),
        "dataQualityMetrics": metrics,
    }
    return _made(namespace, record.file, facets, rows, record.size_bytes, marker)


def made_export(
    file_name: str, sha256: str, size_bytes: int, dataset: Stage3Output, namespace: str, marker: Marker
) -> Json:
    """Return a published file as an output."""
    purpose = _PURPOSES.get(file_name, "The dataset in another format")
    facets = {
        **_file_facets(purpose, sha256, export_fields(file_name), marker),
        "tags": _licence_tags(dataset.provenance.values(), marker),
    }
    return _made(namespace, file_name, facets, count_rows(dataset), size_bytes, marker)


def _read_source(source_id: str, documents: list[Provenance], marker: Marker) -> Json:
    first, site = documents[0], urlsplit(documents[0].url)
    fields = source_fields(source_id)
    schema = {} if fields is None else {"schema": marker.facet("SchemaDatasetFacet", fields=fields)}
    statistics = marker.facet(
        "InputStatisticsInputDatasetFacet",
        rowCount=sum(document.records for document in documents),
        fileCount=len(documents),
    )
    page = first.url if len(documents) == 1 else f"{site.scheme}://{site.netloc}"
    return {
        "namespace": f"{site.scheme}://{site.netloc}",
        "name": source_id,
        "facets": {
            **schema,
            "dataSource": marker.facet("DatasourceDatasetFacet", name=first.publisher, uri=page),
            "version": _version(_version_of(documents), marker),
            "documentation": marker.facet("DocumentationDatasetFacet", description=_attribution(documents)),
            "ownership": marker.facet(
                "OwnershipDatasetFacet", owners=[{"name": first.publisher, "type": "PUBLISHER"}]
            ),
            "tags": _source_tags(documents, marker),
        },
        "inputFacets": {"inputStatistics": statistics},
    }


def _version_of(documents: list[Provenance]) -> str:
    """Return the sha256 of a document; of several, that of their list."""
    if len(documents) == 1:
        return documents[0].sha256
    listed = "".join(f"{document.document_id} {document.sha256}\n" for document in documents)
    return hashlib.sha256(listed.encode()).hexdigest()


def _attribution(documents: list[Provenance]) -> str:
    first = documents[0]
    if len(documents) == 1:
        return f"{first.title}. {first.attribution}"
    return f"{len(documents)} documents, each with an attribution such as: {first.attribution}"


def _source_tags(documents: list[Provenance], marker: Marker) -> Json:
    first, retrieved = documents[0], max(document.retrieved_at for document in documents)
    revision = first.revision if len(documents) == 1 else None
    told = tags(
        licence=first.licence,
        licence_url=first.licence_url,
        retrieved_at=retrieved.isoformat(),
        revision=revision,
    )
    return marker.facet("TagsDatasetFacet", tags=told)


def _licence_tags(documents: Iterable[Provenance], marker: Marker) -> Json:
    return marker.facet("TagsDatasetFacet", tags=list(_list_licences(documents)))


def _list_licences(documents: Iterable[Provenance]) -> Iterator[Json]:
    """Yield a tag for each licence that some value is under."""
    for licence in sorted({document.licence for document in documents}):
        yield from tags(licence=licence)


def _file_facets(description: str, sha256: str, fields: list[Json] | None, marker: Marker) -> Json:
    schema = {} if fields is None else {"schema": marker.facet("SchemaDatasetFacet", fields=fields)}
    return {
        **schema,
        "version": _version(sha256, marker),
        "datasetType": marker.facet("DatasetTypeDatasetFacet", datasetType="FILE"),
        "documentation": marker.facet("DocumentationDatasetFacet", description=description),
        "ownership": marker.facet("OwnershipDatasetFacet", owners=[{"name": OWNER, "type": "MAINTAINER"}]),
    }


def _made(namespace: str, name: str, facets: Json, rows: int, size_bytes: int, marker: Marker) -> Json:
    statistics = marker.facet(
        "OutputStatisticsOutputDatasetFacet", rowCount=rows, size=size_bytes, fileCount=1
    )
    return {
        "namespace": namespace,
        "name": name,
        "facets": facets,
        "outputFacets": {"outputStatistics": statistics},
    }


def _version(sha256: str, marker: Marker) -> Json:
    return marker.facet("DatasetVersionDatasetFacet", datasetVersion=sha256)
