"""Platform letters, first and last trains, and station names in four languages from MRTDown.

Publisher: MRTDown (volunteers). Page: https://github.com/foldaway/mrtdown-data. Licence: CC BY 4.0 for its
authors' own work. Updated every few days. Last looked at on 2026-11-30.

Quirks: one file for each station, service and line, ``data/<kind>/<ID>.json``, and no list of them: a line
names its services, a service its stations. A platform names the services that use it and no direction, which
follows from the service's path on the day. ``inference`` marks a letter that was concluded from other
stations of the line instead of seen at this one. LRT lines have different names than here (``BPLRT``). A name
may be null in any language; in Malay nearly all are. First and last trains, for some stations, are under a
service; times after midnight are written 00:31.
"""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field, HttpUrl

from mrt_pipeline.contracts.documents import CC_BY_4, Document
from mrt_pipeline.contracts.network import Platform
from mrt_pipeline.contracts.sections import ApiSection, BaseUrl, InputPath
from mrt_pipeline.contracts.source_spec import Rate, RateLimit, SourceSpec


class MrtdownSection(ApiSection):
    """MRTDown: platform letters and station names."""

    base_url: BaseUrl = HttpUrl("https://raw.githubusercontent.com/foldaway/mrtdown-data/main/data")
    """folder that holds line, service and station"""
    checkout: Annotated[str | None, InputPath] = Field(default=None, min_length=1)
    """folder of a checkout, read instead of base_url in live mode; ~ and $NAME are expanded"""


@dataclass(frozen=True, slots=True)
class PlatformLetter:
    """A platform letter used by trains from one station to the next during a period."""

    platform_id: str
    """MRTDown's, e.g. ``ADM_NSL_A``"""
    station_code: str
    next_code: str
    letter: str
    """letter or number as signed"""
    line_code: str
    """our code for the line"""
    basis: str
    """name of a ``Basis``"""
    updated_on: str
    """day on which MRTDown last changed the platform, ISO 8601"""
    valid_from: str
    """first day of the service's path, ISO 8601"""
    valid_to: str | None
    """first day after the path's last, ISO 8601; None if it is current"""


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """When a service's first and last train leave a station for the next one, in Singapore time."""

    station_id: str
    """MRTDown's, e.g. ``ADM``"""
    service_id: str
    station_code: str
    next_code: str
    line_code: str
    """our code for the line"""
    weekday: tuple[str, ...]
    """first and last train in clock time, ``05:35 00:31``; empty if unknown"""
    saturday: tuple[str, ...]
    sunday_public_holiday: tuple[str, ...]
    valid_from: str
    """first day of the service's path, ISO 8601"""
    valid_to: str | None
    """first day after the path's last, ISO 8601; None if it is current"""


@dataclass(frozen=True, slots=True)
class TranslatedName:
    """The names of one station in languages other than English."""

    station_id: str
    """MRTDown's, e.g. ``ADM``"""
    station_codes: tuple[str, ...]
    """past, present and future codes"""
    zh_hans: str | None
    ms: str | None
    ta: str | None


LETTERS = Document(
    document_id="mrtdown-platforms",
    title="MRTDown: station platforms and service paths",
    publisher="MRTDown",
    url="https://github.com/foldaway/mrtdown-data",
    dataset="mrtdown-data: stations and services",
    licence=CC_BY_4,
    record_type=PlatformLetter,
)
TRAINS = replace(
    LETTERS,
    document_id="mrtdown-trains",
    title="MRTDown: first and last trains",
    record_type=ServiceTimes,
)
NAMES = replace(
    LETTERS,
    document_id="mrtdown-names",
    title="MRTDown: station names",
    dataset="mrtdown-data: stations",
    record_type=TranslatedName,
)

SPEC = SourceSpec(
    name="mrtdown",
    package=__name__,
    place=4,
    api="mrtdown",
    section=MrtdownSection,
    documents=(LETTERS, TRAINS, NAMES),
    fills=(Platform,),
    rates={"raw.githubusercontent.com": RateLimit((Rate(20, 1),))},
    kept_state="reading:describe_checkout",
    reader="reading:read_files",
    recorder="reading:record",
)
