"""The software bill of materials of a release: the packages, with versions, that built it.

CycloneDX 1.6 as JSON, from the metadata of installed packages. Extras are left out, as are requirements that
this system does not need and has not installed. Equal installations give equal bytes: it has no time
and no serial number.
Field meanings: https://cyclonedx.org/docs/1.6/json/, looked at on 2026-11-30.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any
from urllib.parse import quote

import mrt_pipeline
from mrt_pipeline.runtime.files import to_json

PROJECT = "mrt-data-pipeline"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r";.*\bextra\b")
MAX_LICENCE_CHARS = 100
"""some packages have the full text of their licence in this field"""


def render_materials() -> bytes:
    """Return the bill of this program and all installed packages that it requires."""
    found = dict(_collect(PROJECT, set()))
    own = found.pop(PROJECT, None)
    root = {"type": "application", "bom-ref": PROJECT, "name": PROJECT, "version": mrt_pipeline.__version__}
    return to_json(
        {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {"component": root},
            "components": [_component(name, found[name]) for name in sorted(found)],
            "dependencies": [
                {"ref": name, "dependsOn": sorted(set(_requirements(it)) & set(found))}
                for name, it in sorted({**found, **({PROJECT: own} if own else {})}.items())
            ],
            # a program run from source without being installed does not know its requirements
            "compositions": [{"aggregate": "complete" if own else "unknown", "dependencies": [PROJECT]}],
        }
    )


def _collect(name: str, seen: set[str]) -> Iterator[tuple[str, Distribution]]:
    """Yield a package and everything that it requires and is installed, without repetition."""
    seen.add(name)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    yield name, found
    for required in _requirements(found):
        if required not in seen:
            yield from _collect(required, seen)


def _requirements(found: Distribution) -> Iterator[str]:
    for line in found.requires or ():
        if not _EXTRA.search(line) and (name := _NAME.match(line)):
            yield _normal(name[0])


def _component(name: str, found: Distribution) -> dict[str, Any]:
    about = found.metadata.json
    expression, named = about.get("license_expression"), str(about.get("license", "")).strip()
    component = {
        "type": "library",
        "bom-ref": name,
        "name": name,
        "version": found.version,
        "purl": f"pkg:pypi/{name}@{quote(found.version)}",
    }
    if expression:
        return {**component, "licenses": [{"expression": expression}]}
    if named and named.isprintable() and len(named) <= MAX_LICENCE_CHARS:
        return {**component, "licenses": [{"license": {"name": named}}]}
    return component


def _normal(name: str) -> str:
    """Return a package's normalised name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
