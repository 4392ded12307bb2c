"""What a stage's result depends on, and which part differs if it cannot be reused.

Limits: the code version covers this package's own source files, not its libraries, and a changed
comment counts as a change. Both only cause unnecessary work.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mrt_pipeline.config.loading import PACKAGED_FILE
from mrt_pipeline.config.registry import all_exports, sources_of
from mrt_pipeline.contracts.names import STAGE1_INGESTION, STAGE2_ENRICHMENT, STAGE3_MERGER
from mrt_pipeline.contracts.run import Fingerprint
from mrt_pipeline.contracts.source_spec import SourceSpec

PACKAGE = Path(__file__).parent.parent

_SHARED = (
    "config/licences.py",
    "contracts",
    "errors.py",
    "network",
    "runtime/clock.py",
    "runtime/geometry.py",
)
_READING = (
    "runtime/checked_answers.py",
    "runtime/datagov_download.py",
    "runtime/documents.py",
    "runtime/geojson_features.py",
    "runtime/recordings.py",
    "runtime/records.py",
    "runtime/source_access.py",
)

_STAGE_CODE = {
    STAGE1_INGESTION: (*_SHARED, *_READING, "stages/stage1_ingestion.py", "stages/ingestion"),
    STAGE2_ENRICHMENT: (
        *_SHARED,
        *_READING,
        "runtime/datamall_requests.py",
        "runtime/model.py",
        "runtime/model_answers.py",
        "runtime/table_source.py",
        "extraction",
        "stages/stage2_enrichment.py",
        "stages/enrichment",
    ),
    STAGE3_MERGER: (
        *_SHARED,
        "extraction/place_names.py",
        "extraction/plausibility.py",
        "stages/stage3_merger.py",
        "stages/checks",
        "stages/distant_places.py",
        "stages/licensing.py",
    ),
}
"""stage to the source files and folders, relative to the package, whose change makes its result stale

Other modules that these import do not affect results; a test lists them.
"""

PUBLISHING_CODE = (*_SHARED, "compare", "exports", "report")
"""what files made from the dataset depend on, and no stage does"""


@cache
def stage_code(stage: str) -> tuple[str, ...]:
    """Return the source files and folders that a stage's result depends on, including its sources."""
    folders = (source_folder(spec) for spec in sources_of(stage))
    return (*_STAGE_CODE[stage], *(folder for folder in folders if folder))


def source_folder(spec: SourceSpec) -> str:
    """Return a source's folder relative to the package; empty if it is in another package."""
    own, _, below = spec.package.partition(".")
    return below.replace(".", "/") if own == PACKAGE.name else ""


@cache
def stage_version(stage: str) -> str:
    """Return a sha256 over all code that a stage's result depends on, including sources in other packages."""
    own = code_version(stage_code(stage))
    return _join(
        own, [_version_of_other(spec.package) for spec in sources_of(stage) if not source_folder(spec)]
    )


def publishing_version(formats: Container[str]) -> str:
    """Return a sha256 over the code that makes the published files, including formats of other packages."""
    modules = [spec.render.__module__ for spec in all_exports() if spec.name in formats]
    others = [_version_of_other(name) for name in modules if name.partition(".")[0] != PACKAGE.name]
    return _join(code_version(PUBLISHING_CODE), others)


def _join(own: str, others: list[str]) -> str:
    return hashlib.sha256("+".join([own, *others]).encode()).hexdigest() if others else own


def _version_of_other(name: str) -> str:
    """Return the version of another package's module: of its whole package, or of its file if it has none."""
    module = sys.modules[name]
    if module.__file__ is None:
        return name
    file = Path(module.__file__)
    if module.__package__:
        return code_version(package=file.parent)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def code_version(parts: Iterable[str] = ("",), package: Path = PACKAGE) -> str:
    """Return a sha256 over source files: modules (``stages/stage1.py``) or whole folders; all by default."""
    digests = _own_digests() if package == PACKAGE else _digests(package)
    chosen = tuple(parts)
    version = hashlib.sha256()
    for name, digest in digests.items():
        if any(part in ("", name) or name.startswith(f"{part}/") for part in chosen):
            version.update(name.encode() + b"\0" + digest)
    return version.hexdigest()


def flatten(config: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return the leaves under the given dotted keys of a configuration, as dotted key to value."""
    flat: dict[str, Any] = {}
    for key in keys:
        value: Any = config
        for part in key.split("."):
            value = value[part]
        flat.update(_leaves(key, value))
    return flat


def find_differences(then: Fingerprint, now: Fingerprint) -> list[str]:
    """Return a phrase for each part that differs; empty if the result can be reused."""
    phrases = [
        f"{key} was {_show(then.config.get(key))} and is now {_show(now.config.get(key))}"
        for key in sorted(then.config.keys() | now.config.keys())
        if then.config.get(key) != now.config.get(key)
    ]
    for name in sorted(then.inputs.keys() | now.inputs.keys()):
        before, after = then.inputs.get(name), now.inputs.get(name)
        if before != after:
            what = name if name == "as_of" else f"input {name}"
            phrases.append(f"{what} was {_brief(before)} and is now {_brief(after)}")
    if then.code != now.code:
        phrases.append(f"code version was {then.code[:12]} and is now {now.code[:12]}")
    return phrases


@cache
def _own_digests() -> Mapping[str, bytes]:
    """Return the digests of this program, read once, since it does not change while it runs."""
    return _digests(PACKAGE)


def _digests(package: Path) -> dict[str, bytes]:
    """Return the sha256 of each source file by its path within a package, in path order.

    Without the commented configuration, which only a wheel has here: a checkout and its wheel are one
    version.
    """
    digests: dict[str, bytes] = {}
    for folder, folders, files in os.walk(package):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for file in files:
            path = Path(folder, file)
            if path == PACKAGED_FILE:
                continue
            digests[path.relative_to(package).as_posix()] = hashlib.sha256(path.read_bytes()).digest()
    return dict(sorted(digests.items()))


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _leaves(f"{key}.{name}", below)
    else:
        yield key, value


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "not set" if value is None else str(value)


def _brief(version: str | None) -> str:
    if version is None:
        return "absent"
    return version[:12] if len(version) == 64 else version
