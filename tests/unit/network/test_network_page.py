"""``docs/sources/network.md`` describes the network's tables, and the commands for checksums are right."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.network import load_network
from mrt_pipeline.network.loading import TABLES
from mrt_pipeline.runtime.recordings import load_recording

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "docs" / "sources"


def _page(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def _printed(page: str) -> str:
    """Return what the only command of a page with ``sha256sum`` prints in a checkout."""
    [command] = re.findall(r"^\$ (.*sha256sum.*)$", page, re.MULTILINE)
    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout


def test_the_page_describes_every_table_that_the_network_is_read_from() -> None:
    assert tuple(re.findall(r"^\| `([a-z_]+\.csv)` \|", _page("network.md"), re.MULTILINE)) == TABLES


def test_the_documented_command_prints_the_checksum_of_the_network_table() -> None:
    assert _printed(_page("network.md")).split()[0] == load_network().sha256


def test_the_documented_command_prints_the_checksum_of_every_recorded_table() -> None:
    lines = map(str.split, _printed(_page("README.md")).splitlines())
    printed = {path: digest for digest, path in lines}
    ids = [document.document_id for spec in all_sources() if spec.is_recorded for document in spec.documents]
    tables = [table for name in ids for table in load_recording(name).provenance.recorded_tables]
    expected = {table.path: table.sha256 for table in (*tables, *load_network().tables)}
    assert len(expected) > len(TABLES)
    assert expected.items() <= printed.items()
