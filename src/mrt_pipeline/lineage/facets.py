"""Facets of the OpenLineage specification, with the version of the schema that each follows.

The versions are those that the official Python client writes; a test compares them.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

OWNER = "application:mrt-data-pipeline"
SPECIFICATION = "https://openlineage.io/spec"
EVENT_SCHEMA = f"{SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/RunEvent"

FACETS = {
    "run": {
        "errorMessage": ("ErrorMessageRunFacet", "1-0-1"),
        "nominalTime": ("NominalTimeRunFacet", "1-0-1"),
        "parent": ("ParentRunFacet", "1-2-0"),
        "processing_engine": ("ProcessingEngineRunFacet", "1-1-1"),
        "tags": ("TagsRunFacet", "1-0-0"),
        "test": ("TestRunFacet", "1-0-1"),
    },
    "job": {
        "documentation": ("DocumentationJobFacet", "1-1-0"),
        "jobType": ("JobTypeJobFacet", "2-0-4"),
        "ownership": ("OwnershipJobFacet", "1-0-1"),
        "sourceCodeLocation": ("SourceCodeLocationJobFacet", "1-1-0"),
    },
    "dataset": {
        "dataQualityMetrics": ("DataQualityMetricsDatasetFacet", "1-0-1"),
        "dataSource": ("DatasourceDatasetFacet", "1-0-1"),
        "datasetType": ("DatasetTypeDatasetFacet", "1-0-1"),
        "documentation": ("DocumentationDatasetFacet", "1-1-0"),
        "ownership": ("OwnershipDatasetFacet", "1-0-1"),
        "schema": ("SchemaDatasetFacet", "1-2-0"),
        "tags": ("TagsDatasetFacet", "1-0-0"),
        "version": ("DatasetVersionDatasetFacet", "1-0-1"),
    },
    "input": {
        "dataQualityAssertions": ("DataQualityAssertionsDatasetFacet", "1-1-0"),
        "inputStatistics": ("InputStatisticsInputDatasetFacet", "1-0-0"),
    },
    "output": {"outputStatistics": ("OutputStatisticsOutputDatasetFacet", "1-0-2")},
}
"""each facet written, by name: its schema and the schema's version"""


def producer_of(software_version: str) -> str:
    """Return the program as a package URL, the URI that the specification requires."""
    return f"pkg:generic/mrt-data-pipeline@{software_version}"


def make_facets(kind: str, software_version: str, /, **contents: Json | None) -> Json:
    """Return facets by name, each with its producer and schema; those without content are left out.

    Args:
        kind: what the facets describe, a key of ``FACETS``.
        software_version: of this program.
        contents: facet to its content.
    """
    return {
        name: {
            "_producer": producer_of(software_version),
            "_schemaURL": "{0}/facets/{2}/{1}.json#/$defs/{1}".format(SPECIFICATION, *FACETS[kind][name]),
            **{key: value for key, value in content.items() if value is not None},
        }
        for name, content in contents.items()
        if content is not None
    }


def tags(**values: object) -> Json:
    """Return tags; those without a value are left out."""
    told = {key: value for key, value in values.items() if value is not None}
    return {"tags": [{"key": key, "value": str(told[key]), "source": "MRT_PIPELINE"} for key in told]}


def owned_by(**names: str | None) -> Json:
    """Return owners by their type; those without a name are left out."""
    return {"owners": [{"name": name, "type": kind.upper()} for kind, name in names.items() if name]}
