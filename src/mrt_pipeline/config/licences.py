"""The set of licences that a dataset is made for: ``all``, ``open``, or a list (DATA-LICENCES.md)."""

from difflib import get_close_matches
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, Field

from mrt_pipeline.config.registry import all_sources, known_licences
from mrt_pipeline.contracts.outputs import LicenceSet
from mrt_pipeline.contracts.sections import refuse_repeats


def choose_licences(value: object) -> LicenceSet:
    """Return the set for ``all``, ``open``, or a list of ids.

    Raises:
        ValueError: if a licence is unknown or repeated, or one required for stations and exits is
        missing.
    """
    if value in ("all", "open"):
        return "all" if value == "all" else "open"
    if not isinstance(value, tuple | list):
        raise ValueError(f"is {'empty' if value is None else repr(value)}; {_expected(value)}")
    names = [name for name in value if isinstance(name, str) and name in known_licences()]
    if unknown := [name for name in value if name not in names]:
        raise ValueError(f"names {unknown[0]!r}; {_expected(unknown[0])}")
    refuse_repeats(tuple(names))
    if lacking := sorted(_indispensable() - set(names)):
        raise ValueError(f"must include {lacking[0]}, the licence of the stations and exits.")
    return tuple(sorted(names))


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


def _expected(found: object) -> str:
    """Return what is expected instead, and the expected name that a value is probably a misspelling of."""
    spelled = {name.casefold(): name for name in ("all", "open", *known_licences())}
    close = [spelled[name] for name in get_close_matches(str(found).casefold(), spelled, n=1)]
    guess = f" Did you mean {close[0]}?" if close and close[0] != found else ""
    return f"expected all, open, or a list of {', '.join(sorted(known_licences()))}.{guess}"


def _indispensable() -> set[str]:
    required = (spec for spec in all_sources() if spec.is_required)
    return {document.licence.licence_id for spec in required for document in spec.documents}


Licences = Annotated[
    LicenceSet, BeforeValidator(choose_licences), Field(json_schema_extra={"uniqueItems": True})
]
