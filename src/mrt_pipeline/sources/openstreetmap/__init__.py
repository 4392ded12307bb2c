"""Wheelchair access at station entrances from OpenStreetMap, through a server of the Overpass API.

Publisher: OpenStreetMap contributors (volunteers). Page: https://www.openstreetmap.org/copyright. Licence:
Open Database License 1.0, which is share-alike: off by default, and a document of its own. Updated by the
minute. Last looked at on 2026-11-30, in descriptions of the data.

Quirks: about half of 520 entrances have ``wheelchair``; ``ref`` is the label (``A``, ``Exit A``, ``A;B``), or
missing; volunteers err. The public server answers clients that do not identify their operator with 406,
answers 429 and 504 when busy, and truncates answers with a ``remark`` and status 200.
"""

from pydantic import HttpUrl

from mrt_pipeline.contracts.documents import ODBL, Document
from mrt_pipeline.contracts.network import ExitAccess
from mrt_pipeline.contracts.sections import ApiSection, BaseUrl, TimeoutSeconds
from mrt_pipeline.contracts.source_spec import Rate, RateLimit, SourceSpec


class OpenstreetmapSection(ApiSection):
    """OpenStreetMap: wheelchair access at entrances."""

    base_url: BaseUrl = HttpUrl("https://overpass-api.de/api/interpreter")
    """a server of the Overpass API"""
    timeout: TimeoutSeconds = 90


ENTRANCES = Document(
    document_id="osm-entrances",
    title="OpenStreetMap: entrances of stations in Singapore",
    publisher="OpenStreetMap contributors",
    url="https://www.openstreetmap.org/copyright",
    dataset="OpenStreetMap: entrances of stations",
    licence=ODBL,
)

SPEC = SourceSpec(
    name="openstreetmap",
    package=__name__,
    place=7,
    api="openstreetmap",
    section=OpenstreetmapSection,
    documents=(ENTRANCES,),
    is_recorded=False,
    is_default=False,
    fills=(ExitAccess,),
    rates={"overpass-api.de": RateLimit((Rate(1, 30),), is_serial=True)},
)
