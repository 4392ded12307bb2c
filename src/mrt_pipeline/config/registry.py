"""All sources and output formats: those of this package, and those of other packages.

A source is a folder of ``mrt_pipeline.sources`` with a ``SPEC`` in its ``__init__``; a format is a module of
``mrt_pipeline.exports`` with an ``EXPORT``. Another package adds one with an entry point of the group
``mrt_pipeline.sources`` or ``mrt_pipeline.exporters`` that refers to its ``SPEC`` or ``EXPORT``. They are
found by name here, so that nothing below imports them.
"""

from collections.abc import Container, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import TypeVar

from mrt_pipeline.contracts.documents import OWN_LICENCES, Licence
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.names import STAGE1_INGESTION, STAGE2_ENRICHMENT
from mrt_pipeline.contracts.source_spec import RateLimit, SourceSpec
from mrt_pipeline.errors import ConfigError

SOURCES = "mrt_pipeline.sources"
EXPORTS = "mrt_pipeline.exports"
SOURCE_POINTS = "mrt_pipeline.sources"
EXPORTER_POINTS = "mrt_pipeline.exporters"
SpecT = TypeVar("SpecT", SourceSpec, ExportSpec)
READING_STAGES = (STAGE1_INGESTION, STAGE2_ENRICHMENT)


@cache
def all_sources() -> tuple[SourceSpec, ...]:
    """Return every source, ordered by stage and place.

    Raises:
        ConfigError: if another package's source cannot be loaded, two share a name, or two describe one
            section or host differently.
    """
    found = sorted(
        (*_own(), *_others(SOURCE_POINTS, SourceSpec)), key=lambda spec: (spec.stage, spec.place, spec.name)
    )
    faults = [*_repeated(found), *_misplaced(found)]
    if faults:
        raise ConfigError("The installed sources conflict:", tuple(faults))
    return tuple(found)


@cache
def all_exports() -> tuple[ExportSpec, ...]:
    """Return every output format, default ones first.

    Raises:
        ConfigError: if another package's format cannot be loaded, or two share a name or a file.
    """
    found = (*_own_exports(), *_others(EXPORTER_POINTS, ExportSpec))
    names, files = [spec.name for spec in found], [name for spec in found for name in spec.files]
    for what, given in (("are called", names), ("write", files)):
        if twice := sorted({name for name in given if given.count(name) > 1}):
            raise ConfigError(f"Two installed output formats {what} {twice[0]}; remove one.")
    return tuple(sorted(found, key=lambda spec: not spec.is_default))


def missing_packages(formats: Container[str]) -> list[str]:
    """Return a sentence for each of the formats whose package is not installed."""
    return [
        f"The format {spec.name} needs {spec.needs}, which is not installed. "
        f"Run: pip install '{spec.install}'"
        for spec in all_exports()
        if spec.name in formats and spec.needs and not _is_installed(spec.needs)
    ]


def refuse_missing_packages(formats: Container[str]) -> None:
    """Raise ``ConfigError`` if a package required by a configured format is not installed."""
    if faults := missing_packages(formats):
        raise ConfigError("Under output.formats:", tuple(faults))


def sources_of(stage: str) -> tuple[SourceSpec, ...]:
    """Return the sources of a stage, in the order of its default list."""
    return tuple(spec for spec in all_sources() if spec.stage == stage)


def get_source(name: str) -> SourceSpec:
    """Return the source with a configured name.

    Raises:
        KeyError: if there is none.
    """
    for spec in all_sources():
        if spec.name == name:
            return spec
    raise KeyError(name)


def source_of(document: Provenance) -> str:
    """Return the name of the source that a document belongs to, or the document's own id."""
    for spec in all_sources():
        if document.source_id == spec.name or document.document_id in (*spec.input_ids, *spec.cites):
            return spec.name
    return document.source_id


def sources_by_api(api: str) -> tuple[SourceSpec, ...]:
    """Return the sources that a section of ``apis`` configures."""
    return tuple(spec for spec in all_sources() if spec.api == api)


def sources_filling(part: str) -> tuple[str, ...]:
    """Return the names of the sources that may fill a part of an exit."""
    return tuple(spec.name for spec in all_sources() if set(PARTS[part].kinds) & set(spec.fills))


def known_licences() -> dict[str, Licence]:
    """Return every licence that a document may have, by id, including those of other packages' sources."""
    others = (document.licence for spec in all_sources() for document in spec.documents)
    return {licence.licence_id: licence for licence in (*OWN_LICENCES, *others)}


def rates_by_host(keys: Container[str] = ()) -> dict[str, RateLimit]:
    """Return the rate limits of all sources' hosts.

    Args:
        keys: environment variables of keys that are set, for hosts that allow more with a key.
    """
    limited = (spec for spec in all_sources() if spec.unrated_with not in keys)
    return {host: pace for spec in limited for host, pace in spec.rates.items()}


def _is_installed(package: str) -> bool:
    try:
        import_module(package)
    except ImportError:  # also if damaged
        return False
    return True


def _own() -> Iterator[SourceSpec]:
    package = import_module(SOURCES)
    for module in iter_modules(package.__path__):
        spec: SourceSpec = import_module(f"{SOURCES}.{module.name}").SPEC
        yield spec


def _own_exports() -> Iterator[ExportSpec]:
    package = import_module(EXPORTS)
    for module in iter_modules(package.__path__):
        spec = getattr(import_module(f"{EXPORTS}.{module.name}"), "EXPORT", None)
        if spec is not None:
            yield spec


def _others(group: str, kind: type[SpecT]) -> Iterator[SpecT]:
    """Yield the objects that entry points of other packages refer to."""
    for point in entry_points(group=group):
        try:
            spec = point.load()
        except (ImportError, AttributeError) as error:
            raise ConfigError(
                f"The entry point {point.name} ({group}) of an installed package cannot be loaded ({error}). "
                "Install the package again, or remove it."
            ) from error
        if not isinstance(spec, kind):
            raise ConfigError(
                f"The entry point {point.name} ({group}) points to {point.value}; expected a "
                f"{kind.__name__}. Correct the package, or remove it."
            )
        yield spec


def _repeated(specs: list[SourceSpec]) -> Iterator[str]:
    names = [spec.name for spec in specs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two sources are called {name}; rename or remove one."
    for api in sorted({spec.api for spec in specs if spec.api}):
        if len({spec.section for spec in specs if spec.api == api}) > 1:
            yield f"two sources define the section apis.{api}; rename one."
    for host in sorted({host for spec in specs for host in spec.rates}):
        if len({spec.rates[host] for spec in specs if host in spec.rates}) > 1:
            yield f"two sources give {host} different rates; keep one."


def _misplaced(specs: list[SourceSpec]) -> Iterator[str]:
    for spec in specs:
        if spec.stage not in READING_STAGES:
            yield f"{spec.name} is a source of {spec.stage}; expected one of {', '.join(READING_STAGES)}."
        if bool(spec.api) != (spec.section is not None):
            yield f"{spec.name} has a section of apis or a type for it; expected both or neither."
        known = {kind.__name__: kind for part in PARTS.values() for kind in part.kinds}
        if unknown := [kind for kind in spec.fills if kind not in known.values()]:
            found = getattr(unknown[0], "__name__", repr(unknown[0]))
            yield f"{spec.name} fills {found}; expected some of {', '.join(known)}."
