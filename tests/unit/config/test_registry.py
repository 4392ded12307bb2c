"""What other packages may add, and what does not fit together; each is found as an installed one is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.config.registry import all_exports, all_sources, get_source
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.errors import ConfigError

KINDS = ", ".join(kind.__name__ for part in PARTS.values() for kind in part.kinds)
SOURCE = """
from mrt_pipeline.contracts.network import ExitAccess, StationCode
from mrt_pipeline.contracts.sections import ApiSection
from mrt_pipeline.contracts.source_spec import RateLimit, Rate, SourceSpec

SPEC = SourceSpec(**dict(name="mine", package=__name__, stage="stage2_enrichment", place=9) | dict({facts}))
"""
EXPORT = """
from mrt_pipeline.contracts.export_spec import ExportSpec

EXPORT = ExportSpec(**dict(name="mine", file_name="mine.txt", render=lambda _: b"") | dict({facts}))
"""
WIKI_HOST = next(iter(get_source("fandom_wiki").rates), "")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of installed packages; none is known once the test has ended."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in ("mine", "yours"):
        sys.modules.pop(name, None)


def _install(site: Path, name: str, text: str, point: str) -> None:
    """Put a package where those that are installed lie, with one entry point: ``group = name``."""
    group, _, leads_to = point.partition(" = ")
    (site / f"{name}.py").write_text(text)
    (site / f"{name}-1.0.dist-info").mkdir()
    (site / f"{name}-1.0.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    )
    (site / f"{name}-1.0.dist-info" / "entry_points.txt").write_text(
        f"[{group}]\n{name} = {name}:{leads_to}\n"
    )


def _install_source(site: Path, facts: str, name: str = "mine") -> None:
    _install(site, name, SOURCE.format(facts=facts), "mrt_pipeline.sources = SPEC")


def _install_export(site: Path, facts: str) -> None:
    _install(site, "mine", EXPORT.format(facts=facts), "mrt_pipeline.exporters = EXPORT")


def test_a_source_of_another_package_stands_behind_those_of_its_stage(site: Path) -> None:
    before = [spec.name for spec in all_sources.__wrapped__()]
    _install_source(site, "place=99")
    assert [spec.name for spec in all_sources.__wrapped__()] == [*before, "mine"]


def test_a_format_of_another_package_is_one_of_all(site: Path) -> None:
    _install_export(site, "")
    assert "mine" in [spec.name for spec in all_exports.__wrapped__()]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ('name="network"', "two sources are called network; rename or remove one."),
        (
            'api="fandom", section=ApiSection',
            "two sources define the section apis.fandom; rename one.",
        ),
        (
            f'rates={{"{WIKI_HOST}": RateLimit((Rate(7, 1.0),))}}',
            f"two sources give {WIKI_HOST} different rates; keep one.",
        ),
        (
            'stage="stage3_merger"',
            "mine is a source of stage3_merger; expected one of stage1_ingestion, stage2_enrichment.",
        ),
        ('api="mine"', "mine has a section of apis or a type for it; expected both or neither."),
        ("fills=(ExitAccess, StationCode)", f"mine fills StationCode; expected some of {KINDS}."),
        ('fills=("access",)', f"mine fills 'access'; expected some of {KINDS}."),
    ],
)
def test_a_source_that_does_not_fit_is_refused(facts: str, fault: str, site: Path) -> None:
    _install_source(site, facts)
    with pytest.raises(ConfigError, match="The installed sources conflict") as caught:
        all_sources.__wrapped__()
    assert caught.value.faults == (fault,)


def test_two_sources_may_give_a_host_the_same_rates(site: Path) -> None:
    for name in ("mine", "yours"):
        _install_source(site, f'name="{name}", rates={{"example.org": RateLimit((Rate(7, 1.0),))}}', name)
    assert {"mine", "yours"} <= {spec.name for spec in all_sources.__wrapped__()}


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ('name="json"', "Two installed output formats are called json; remove one."),
        ('file_name="exits.geojson"', "Two installed output formats write exits.geojson; remove one."),
    ],
)
def test_a_format_that_does_not_fit_is_refused(facts: str, fault: str, site: Path) -> None:
    _install_export(site, facts)
    with pytest.raises(ConfigError, match=fault):
        all_exports.__wrapped__()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("import no_such_module_here", "cannot be loaded .*no_such_module_here.*Install the package again"),
        ("OTHER = 1", "cannot be loaded .*SPEC.*Install the package again"),
        ("SPEC = 1", "points to mine:SPEC; expected a SourceSpec. Correct the package"),
    ],
)
def test_an_entry_point_that_leads_to_no_source_is_refused(text: str, fault: str, site: Path) -> None:
    _install(site, "mine", text, "mrt_pipeline.sources = SPEC")
    with pytest.raises(ConfigError, match=f"The entry point mine .*{fault}"):
        all_sources.__wrapped__()


def test_a_source_that_there_is_not_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        get_source("nobody")
