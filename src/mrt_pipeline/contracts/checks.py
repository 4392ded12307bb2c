"""The catalogue of all checks: name, severity, title, and what to do about a finding.

To add a check, add a row to ``checks.csv``; the code that makes the check reports findings with
``finding_of``. A row with ``{part}`` is one check for each part of an exit that is a plain list.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mrt_pipeline.contracts.fields import PLAIN_PARTS
from mrt_pipeline.contracts.findings import Finding, Severity, Side
from mrt_pipeline.errors import InternalError


class Group(StrEnum):
    """When a check runs; the configuration enables three groups of stage 3 by these names."""

    RECORDS = "records"
    """when a publisher's document is read"""
    STATIONS = "stations"
    """when stage 1 assigns exits to stations"""
    ENRICHMENT = "enrichment"
    """when stage 2 asks sources about exits"""
    MERGING = "merging"
    """when stage 3 attaches to exits what stage 2 found"""
    SCHEMA = "schema_check"
    COMPLETENESS = "completeness_check"
    SANITY = "sanity_check"
    PUBLISHING = "publishing"
    """when a dataset is compared with the one published before"""
    FILES = "files"
    """when files are compared with the manifest that lists them"""


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of problem that the program looks for."""

    group: Group
    severity: Severity
    """of its findings, unless the code passes another one"""
    name: str
    """stable, in kebab case"""
    title: str
    """how its findings are called; ``[one|several]`` where the number matters"""
    advice: str
    """what to do about them; empty if nothing"""

    @property
    def one(self) -> str:
        """Return the title for one finding."""
        return _ALTERNATIVES.sub(r"\1", self.title)

    @property
    def several(self) -> str:
        """Return the title for several findings."""
        return _ALTERNATIVES.sub(r"\2", self.title)


def finding_of(
    name: str,
    message: str,
    *,
    severity: Severity | None = None,
    slug: str | None = None,
    exit_id: str | None = None,
    record_id: str | None = None,
    field: str | None = None,
    source: str | None = None,
    sides: tuple[Side, ...] | None = None,
) -> Finding:
    """Return a finding of a check; pass ``severity`` only to override that of the catalogue.

    Raises:
        InternalError: if there is no such check.
    """
    check = CHECKS.get(name)
    if check is None:
        raise InternalError(f"Unknown check {name!r}; expected one of contracts/checks.csv.")
    return Finding(
        check=name,
        severity=severity or check.severity,
        message=message,
        slug=slug,
        exit_id=exit_id,
        record_id=record_id,
        field=field,
        source=source,
        sides=sides,
    )


_ALTERNATIVES = re.compile(r"\[([^|]*)\|([^]]*)\]")


def _read_catalogue() -> Iterator[Check]:
    with Path(__file__).with_name("checks.csv").open(encoding="utf-8", newline="") as file:
        for group, severity, name, title, advice in list(csv.reader(file))[1:]:
            for part in [part.name for part in PLAIN_PARTS] if "{part}" in name else [""]:
                named, titled = (text.replace("{part}", part) for text in (name, title))
                yield Check(Group(group), Severity(severity), named, titled, advice)


CHECKS = {check.name: check for check in _read_catalogue()}
"""by name, group by group"""
