"""What belongs to a station or exit, by the words that a person calls it with."""

from __future__ import annotations

from mrt_pipeline.contracts.evidence import Published
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.network import Platform, StationCode, StationNames, TrainTimes

RECORD_TYPES: dict[str, tuple[type[Published], ...]] = {
    "codes": (StationCode,),
    "names": (StationNames,),
    "trains": (TrainTimes,),
    **{
        part.name: (part.record_type,) if part.shared_type is None else (part.shared_type, part.record_type)
        for part in PARTS.values()
    },
}
"""fields of a station or exit that hold published records of their own, to the kinds of these"""


_KEYS: dict[type[Published], str] = {
    StationCode: "station_code",
    **{part.record_type: part.key for part in PARTS.values()},
}


def name_item(record: Published) -> str | None:
    """Return which one of several a record is, none for one that is alone."""
    if isinstance(record, Platform):
        return name_direction(record)
    if isinstance(record, TrainTimes):
        return f"{record.platform_id} {record.service} {record.days}"
    key = _KEYS.get(type(record), "")
    return getattr(record, key) if key else None


def name_direction(platform: Platform) -> str:
    """Return where a platform's trains go, e.g. ``NS13 to NS12, towards NS1``."""
    beyond = "" if platform.towards_code == platform.next_code else f", towards {platform.towards_code}"
    return f"{platform.station_code} to {platform.next_code}{beyond}"
