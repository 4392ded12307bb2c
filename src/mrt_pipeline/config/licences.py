"""Which licences a dataset is made for: ``all``, ``open``, or those listed (DATA-LICENCES.md)."""

from functools import cache
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from mrt_pipeline.config.registry import all_sources, known_licences
from mrt_pipeline.contracts.outputs import LicenceSet


def choose_licences(value: object) -> LicenceSet:
    """Return the set that is meant by ``all``, ``open``, or a list of ids.

    Raises:
        ValueError: if a licence is unknown, or one is missing without which there are no stations and exits.
    """
    if value in ("all", "open"):
        return "all" if value == "all" else "open"
    known = known_licences()
    if not isinstance(value, tuple | list) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"is {value!r}; expected all, open, or a list of {', '.join(sorted(known))}.")
    if unknown := sorted(set(value) - known.keys()):
        raise ValueError(f"names {unknown[0]!r}; expected some of {', '.join(sorted(known))}.")
    if lacking := sorted(_indispensable() - set(value)):
        raise ValueError(f"lacks {lacking[0]}, which stations and exits are under; add it.")
    return tuple(sorted(set(value)))


def licence_ids(chosen: LicenceSet) -> frozenset[str]:
    """Return the ids of the licences in a set."""
    if isinstance(chosen, tuple):
        return frozenset(chosen)
    known = known_licences().values()
    return frozenset(found.licence_id for found in known if chosen == "all" or found.is_open)


@cache
def is_open(licence_id: str) -> bool:
    """Return whether values under a licence are in the set ``open``."""
    return licence_id in licence_ids("open")


def _indispensable() -> set[str]:
    required = (spec for spec in all_sources() if spec.is_required)
    return {document.licence.licence_id for spec in required for document in spec.documents}


Licences = Annotated[
    LicenceSet,
    PlainValidator(choose_licences),
    WithJsonSchema(
        {"anyOf": [{"enum": ["all", "open"]}, {"type": "array", "items": {"type": "string"}}]},
    ),
]
