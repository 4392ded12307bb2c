"""Validate files of lineage events by the published schemas of OpenLineage, without a network.

    python -m tests.real.lineage.validate SPEC_FOLDER EVENTS_FILE …

SPEC_FOLDER holds the schemas as JSON files, in any folders below it; each is identified by its own ``$id``.
An EVENTS_FILE is a ``lineage.jsonl``. Every event is checked by the schema in its ``schemaURL``, every facet
in it by the one in its ``_schemaURL``; a schema missing from the folder is a fault. Exit codes: 0 if
everything is valid, 1 if not, 2 if the folder or a file cannot be used.

The schemas are not part of this repository: docs/lineage.md says where they are.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from tests.fakes.formats import FORMATS

USAGE = "Usage: python -m tests.real.lineage.validate SPEC_FOLDER EVENTS_FILE …"
MAX_CHARACTERS = 200
"""shown of a fault, because ``jsonschema`` quotes the whole value"""


class UnusableError(Exception):
    """The folder of schemas, or a file of events, cannot be used."""


class MissingSchemaError(Exception):
    """A schema is not in the folder."""


@dataclass(slots=True)
class Report:
    """What was checked, by the address of its schema, and the faults."""

    events: Counter[str] = field(default_factory=Counter)
    facets: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    """schemas missing from the folder, and how many events and facets need each"""
    wrong: list[str] = field(default_factory=list)
    """a sentence for each fault"""

    @property
    def faults(self) -> list[str]:
        """Return all faults as sentences."""
        found = [
            f"{address} is not in the folder, and wanted {number} times."
            for address, number in sorted(self.missing.items())
        ]
        if not self.events:
            found.append("There is no event in what was given; nothing was checked.")
        return [*found, *dict.fromkeys(self.wrong)]  # an event's schema repeats some faults of its facets


class Spec:
    """The schemas of a folder."""

    def __init__(self, folder: Path) -> None:
        """Read all schemas.

        Raises:
            UnusableError: if there is none, or if one of them cannot be used.
        """
        self._schemas = _read_schemas(folder)
        resources = [(name, DRAFT202012.create_resource(schema)) for name, schema in self._schemas.items()]
        self._registry: Registry[Any] = Registry().with_resources(resources)
        self._checker = FormatChecker(formats=())
        for name, is_right in FORMATS.items():
            self._checker.checks(name)(lambda value, ask=is_right: not isinstance(value, str) or ask(value))

    def faults_of(self, value: object, address: str) -> list[str]:
        """Return the faults of a value by the schema at an address: where, and what.

        Raises:
            MissingSchemaError: if the folder lacks that schema, or one that it refers to.
        """
        validator = Draft202012Validator(
            {"$ref": address}, registry=self._registry, format_checker=self._checker
        )
        try:
            errors = list(validator.iter_errors(value))
        except Unresolvable as error:
            is_address = address.endswith(f"#{error.ref}")  # the file exists, but not that part of it
            raise MissingSchemaError(address if is_address else error.ref) from None
        return [_sentence(leaf) for error in errors for leaf in _leaves(error)]

    def names_of(self, address: str) -> list[str]:
        """Return the names under which the schema at an address expects its facet."""
        return list(self._schemas.get(address.partition("#")[0], {}).get("properties", ()))


def check_lines(lines: Iterable[bytes], spec: Spec, report: Report, source: str) -> None:
    """Check events, one per line, and add the results to a report."""
    for number, line in enumerate(lines, start=1):
        where = f"{source}:{number}"
        try:
            event = json.loads(line)
        except ValueError:
            report.wrong.append(f"{where}: is no JSON")
            continue
        address = event.get("schemaURL") if isinstance(event, dict) else None
        if not isinstance(address, str):
            report.wrong.append(f"{where}: is no event, it has no schemaURL")
            continue
        report.events[address] += 1
        _check(event, address, f"{where} $", spec, report)
        for place, name, facet in _find_facets(event):
            _check_facet(facet, name, f"{where} {place}", spec, report)


def main(arguments: list[str]) -> int:
    """Check files, print what was checked and each fault, and return the exit code."""
    if len(arguments) < 2:
        print(USAGE, file=sys.stderr)
        return 2
    folder, *files = map(Path, arguments)
    report = Report()
    try:
        spec = Spec(folder)
        for file in files:
            check_lines(_read(file).splitlines(), spec, report, file.name)
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 2
    _print(report)
    return 1 if report.faults else 0


def _check(value: object, address: str, where: str, spec: Spec, report: Report) -> None:
    try:
        report.wrong += [f"{where}{fault}" for fault in spec.faults_of(value, address)]
    except MissingSchemaError as error:
        report.missing[str(error)] += 1


def _check_facet(facet: dict[str, Any], name: str, where: str, spec: Spec, report: Report) -> None:
    """Check a facet by its schema, and that its name is one that the schema gives it."""
    address = facet["_schemaURL"]
    if not isinstance(address, str):
        return  # reported by the event's own schema
    report.facets[address] += 1
    _check(facet, address, where, spec, report)
    if (names := spec.names_of(address)) and name not in names:
        report.wrong.append(f"{where}: by its schema it is called {' or '.join(names)}")


def _find_facets(
    value: object, place: str = "$", name: str = ""
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every object that names its own schema, with its position and name."""
    if isinstance(value, dict):
        if "_schemaURL" in value:
            yield place, name, value
        for key, below in value.items():
            yield from _find_facets(below, f"{place}.{key}", key)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _find_facets(below, f"{place}[{number}]", name)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Yield the causes of an error: if all alternatives fail, the faults by each of them."""
    if not error.context:
        yield error
    for below in error.context or ():
        yield from _leaves(below)


def _sentence(error: ValidationError | SchemaError) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return f"{path}: {error.message[:MAX_CHARACTERS]}"


def _read_schemas(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the schemas of a folder by their ids; other JSON files are skipped."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.json")):
        try:
            schema = json.loads(_read(path))
        except ValueError:
            raise UnusableError(f"{path} is no JSON.") from None
        if not isinstance(schema, dict) or "$id" not in schema:
            continue
        if found.setdefault(schema["$id"], schema) != schema:
            raise UnusableError(f"{path} says something else of {schema['$id']} than a file before it.")
        _refuse_unfit(schema)
    if not found:
        raise UnusableError(f"{folder} holds no JSON schema that has an $id.")
    return found


def _refuse_unfit(schema: dict[str, Any]) -> None:
    """Raise if a schema is invalid, or requires something that is not checked here."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise UnusableError(f"{schema['$id']} is no schema{_sentence(error)}.") from None
    if unknown := set(_find_formats(schema)) - FORMATS.keys():
        raise UnusableError(f"{schema['$id']} has formats that are not checked here: {sorted(unknown)}.")


def _find_formats(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("format"), str):
            yield schema["format"]
        for below in schema.values():
            yield from _find_formats(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from _find_formats(below)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error.strerror}.") from None


def _print(report: Report) -> None:
    for fault in report.faults:
        print(fault, file=sys.stderr)
    print(f"{report.events.total()} events, {report.facets.total()} facets, {len(report.faults)} faults")
    for address, number in sorted((report.events + report.facets).items()):
        print(f"{number:7}  {address}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
