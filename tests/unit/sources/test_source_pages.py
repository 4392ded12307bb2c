"""Every source has a page, and every licence's sentence stands in DATA-LICENCES.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.network import load_network, network_provenance
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.sources.datagov import EXITS
from mrt_pipeline.sources.datamall import BUS_SERVICES, BUS_STOPS
from mrt_pipeline.sources.lta_lifts import LIFTS
from mrt_pipeline.sources.mrtdown import LETTERS, NAMES
from mrt_pipeline.sources.official_places import SPEC as OFFICIAL_PLACES
from mrt_pipeline.sources.onemap import STATIONS
from mrt_pipeline.sources.sbs_transit import STATION_PAGES

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "sources"
LICENCES = (ROOT / "DATA-LICENCES.md").read_text(encoding="utf-8")
DOCUMENTS = [
    *(EXITS, STATIONS, BUS_STOPS, BUS_SERVICES, LIFTS, STATION_PAGES, LETTERS, NAMES),
    *OFFICIAL_PLACES.documents,
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.document_id for document in DOCUMENTS])
def test_a_recorded_document_is_named_as_its_licence_asks(document: Document) -> None:
    attribution = load_recording(document.document_id).provenance.attribution
    assert f"- {attribution}\n" in LICENCES


def test_the_network_table_is_named_as_its_licence_asks() -> None:
    assert f"- {network_provenance(load_network()).attribution}\n" in LICENCES


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.document_id for document in DOCUMENTS])
def test_a_document_stands_in_the_list_of_sources_and_its_page_gives_its_address(document: Document) -> None:
    assert f"`{document.document_id}`" in (PAGES / "README.md").read_text(encoding="utf-8")
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES.glob("*.md"))
    assert f"<{document.url}>" in pages


def test_every_check_of_the_sources_is_explained() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in _sources())
    named = set(re.findall(r'(?:lose|note)\(\s*"([a-z-]+)"|check="([a-z-]+)"', code))
    checks = {found for pair in named for found in pair if found}
    page = (PAGES / "README.md").read_text(encoding="utf-8")
    assert len(checks) > 12
    assert [check for check in sorted(checks) if f"`{check}`" not in page] == []


def test_links_lead_somewhere() -> None:
    for page in [*PAGES.glob("*.md"), ROOT / "DATA-LICENCES.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def _sources() -> list[Path]:
    package = ROOT / "src" / "mrt_pipeline"
    folders = (
        *("datagov", "onemap", "datamall", "lta_lifts", "lta_train_gtfs", "mrtdown", "official_places"),
        *("lta_rail_map", "openstreetmap", "sbs_transit"),
    )
    modules = [path for folder in folders for path in (package / "sources" / folder).glob("*.py")]
    return [*modules, package / "runtime" / "features.py", package / "runtime" / "records.py"]
