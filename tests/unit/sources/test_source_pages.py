"""Every source has a page, and every licence's sentence stands in DATA-LICENCES.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.contracts.documents import OWN_LICENCES, Document, Licence
from mrt_pipeline.network import load_network, network_provenance
from mrt_pipeline.runtime.recordings import load_recording
from tests.docs import render

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "sources"
LICENCES = (ROOT / "DATA-LICENCES.md").read_text(encoding="utf-8")
DOCUMENTS = [document for spec in all_sources() for document in spec.documents]
RECORDED = [document for spec in all_sources() if spec.is_recorded for document in spec.documents]


@pytest.mark.parametrize("document", RECORDED, ids=[document.document_id for document in RECORDED])
def test_a_recorded_document_is_named_as_its_licence_asks(document: Document) -> None:
    attribution = load_recording(document.document_id).provenance.attribution
    assert f"- {attribution}\n" in LICENCES


@pytest.mark.parametrize("licence", OWN_LICENCES, ids=[licence.licence_id for licence in OWN_LICENCES])
def test_the_table_of_sets_says_of_each_licence_whether_it_is_open(licence: Licence) -> None:
    [row] = re.findall(rf"^\| `{re.escape(licence.licence_id)}` \| .* \| yes \| (yes|no) \|$", LICENCES, re.M)
    assert (row == "yes") is licence.is_open


def test_the_network_table_is_named_as_its_licence_asks() -> None:
    assert f"- {network_provenance(load_network()).attribution}\n" in LICENCES


@pytest.mark.parametrize("document", DOCUMENTS, ids=[document.document_id for document in DOCUMENTS])
def test_the_page_of_a_document_gives_its_address(document: Document) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES.glob("*.md"))
    assert f"<{document.url}>" in pages


def test_what_documents_repeat_of_the_registry_is_up_to_date() -> None:
    """If this fails, run ``python -m tests.docs``."""
    assert [path.name for path, text in render().items() if path.read_text(encoding="utf-8") != text] == []


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
    folders = [spec.package.rpartition(".")[2] for spec in all_sources() if spec.documents]
    modules = [path for folder in folders for path in (package / "sources" / folder).glob("*.py")]
    return [*modules, package / "runtime" / "geojson_features.py", package / "runtime" / "records.py"]
