"""Facets of the OpenLineage specification, each with the version of its schema that it is made to.

The versions are those that the Python client of ``requirements.txt`` writes; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SPECIFICATION = "https://openlineage.io/spec"
CORE_VERSION = "2-0-2"

SCHEMAS = {
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DataQualityMetricsDatasetFacet": "1-0-1",
    "DatasetTypeDatasetFacet": "1-0-1",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DatasourceDatasetFacet": "1-0-1",
    "DocumentationDatasetFacet": "1-1-0",
    "DocumentationJobFacet": "1-1-0",
    "ErrorMessageRunFacet": "1-0-1",
    "InputStatisticsInputDatasetFacet": "1-0-0",
    "JobTypeJobFacet": "2-0-4",
    "NominalTimeRunFacet": "1-0-1",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "OwnershipDatasetFacet": "1-0-1",
    "OwnershipJobFacet": "1-0-1",
    "ParentRunFacet": "1-2-0",
    "ProcessingEngineRunFacet": "1-1-1",
    "SchemaDatasetFacet": "1-2-0",
    "SourceCodeLocationJobFacet": "1-1-0",
    "TagsDatasetFacet": "1-0-0",
    "TagsRunFacet": "1-0-0",
    "TestRunFacet": "1-0-1",
}
"""each facet that is written, and the version of its schema"""


@dataclass(frozen=True, slots=True)
class Marker:
    """Who writes the events; every facet carries it."""

    software_version: str

    @property
    def producer(self) -> str:
        """Return the program as a package URL, the URI that the specification asks for."""
        return f"pkg:generic/mrt-data-pipeline@{self.software_version}"

    def facet(self, schema: str, /, **content: Any) -> Json:
        """Return a facet with who wrote it and by which schema; content that is none is left out."""
        return {
            "_producer": self.producer,
            "_schemaURL": f"{SPECIFICATION}/facets/{SCHEMAS[schema]}/{schema}.json#/$defs/{schema}",
            **{key: value for key, value in content.items() if value is not None},
        }


def tags(**values: object) -> list[Json]:
    """Return tags; those without a value are left out."""
    return [
        {"key": key, "value": str(value), "source": "MRT_PIPELINE"}
        for key, value in values.items()
        if value is not None
    ]


def schema_url(definition: str) -> str:
    """Return the address of a definition of the core specification."""
    return f"{SPECIFICATION}/{CORE_VERSION}/OpenLineage.json#/$defs/{definition}"
