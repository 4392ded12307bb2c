"""A made-up list of places by exit, as another package would add one."""

from dataclasses import dataclass

from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.network import Landmark
from mrt_pipeline.contracts.source_spec import SourceSpec


@dataclass(frozen=True, slots=True)
class ExamplePlace:
    """One place and the exit that it is at."""

    exit_id: str
    name: str


PLACES = Document(
    document_id="example-places",
    title="Example Places",
    publisher="Example Society",
    url="https://example.org/places",
    dataset="Example Places",
    source="the Example Society",
    record_type=ExamplePlace,
)

SPEC = SourceSpec(
    name="example",
    package=__name__,
    stage=STAGE2_ENRICHMENT,
    place=50,
    is_default=False,
    fills=(Landmark,),
    opener="claims:open_source",
)
