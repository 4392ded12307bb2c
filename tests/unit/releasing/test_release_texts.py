"""What a release says to people, and that no text of others is more than text there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.network import ExitAccess, StepFree, count_stations
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import Approval, Delta, ReleaseIndex, Versions
from mrt_pipeline.errors import ReleaseError
from mrt_pipeline.releasing import contents
from mrt_pipeline.releasing.building import (
    list_licences,
    list_sources,
    render_attribution,
    render_citation,
)
from mrt_pipeline.releasing.changes import ACCESS_TITLE, FIRST, SAME, find_changes, render_changes, sum_up
from mrt_pipeline.releasing.contents import render_exports
from mrt_pipeline.releasing.page import PANDAS, PARTS, render_page
from mrt_pipeline.releasing.shelf import Released
from mrt_pipeline.runtime.files import to_json
from tests.fakes.network_builder import cited, make_dataset, provenance
from tests.fakes.release_scene import NOW
from tests.unit.compare.comparison_scene import (
    AFTER,
    BEFORE,
    compare,
    network_dataset,
    replace_exit,
    replace_station,
)

HOSTILE = "<script>alert(1)</script>\u202e [x](javascript:1)\n# y"
TEXTS = st.text(alphabet=st.sampled_from("<>&\"'`*_[]()#|\\\n\u2028\u202ea: "), max_size=40)


def make_index(dataset: Stage3Output, **changes: Any) -> ReleaseIndex:
    documents = dataset.provenance.values()
    approval = Approval(run_id="r", dataset_sha256="a" * 64, approved_by="Tan", approved_at=NOW)
    facts: dict[str, Any] = {
        "version": "2026.07.13",
        "as_of": AFTER,
        "released_at": NOW,
        "title": "Stations",
        "run_id": "r",
        "software_version": "2.0.0",
        "approval": approval,
        "content_sha256": "b" * 64,
        "counts": {**count_stations(dataset.stations), "future_stations": len(dataset.future_stations)},
        "coverage": measure_coverage(dataset.stations),
        "licences": list_licences(documents),
        "sources": list_sources(documents),
        "resources": tuple(file.describe() for file in render_exports(dataset)),
    }
    return ReleaseIndex(**facts | changes)


def show_page(dataset: Stage3Output, delta: Delta | None = None, **changes: Any) -> html.HtmlElement:
    page = render_page(
        Versions(latest="2026.07.13", versions=()),
        make_index(dataset, **changes),
        delta or Delta(version="2026.07.13", why_not_compared=FIRST),
    )
    return html.document_fromstring(page.decode())


def delta_of(old: Stage3Output, new: Stage3Output) -> Delta:
    changes = compare(old, new).model_copy(update={"findings": ()})
    return Delta(version="2026.07.13", previous="2026.07.11", changes=changes)


def test_the_changes_of_a_first_release_say_that_there_is_none_before() -> None:
    text = render_changes(Delta(version="2026.07.11", why_not_compared=FIRST)).decode()
    assert text == f"# Changes in 2026.07.11\n\n{FIRST}\n"


def test_the_changes_name_both_releases_and_every_kind_of_change() -> None:
    text = render_changes(delta_of(network_dataset(BEFORE), network_dataset(AFTER))).decode()
    assert "compared with release 2026.07.11, which described 2026-07-11" in text
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Stations opened", "Codes renumbered", "Lines"]
    assert "- CC30  Keppel: exit ccl-A" in text


def test_a_release_with_no_change_says_so() -> None:
    dataset = network_dataset()
    assert sum_up(delta_of(dataset, dataset)) == SAME


def test_a_turn_of_step_free_access_comes_first() -> None:
    def with_access(answer: StepFree) -> Stage3Output:
        return replace_exit(
            network_dataset(), "keppel-ccl-A", access=ExitAccess(step_free=answer, evidence=cited())
        )

    class Before(Released):
        def read(self, name: str) -> bytes:
            return to_json(with_access(StepFree.YES))

    before = Before(Path("2026.07.11"), make_index(network_dataset(), version="2026.07.11"), "c" * 64)
    delta = find_changes("2026.07.13", with_access(StepFree.NO), before)
    assert [finding.exit_id for finding in delta.access] == ["keppel-ccl-A"]
    text = render_changes(delta).decode()
    assert text.index(f"## {ACCESS_TITLE}") < text.index("## Values changed")
    assert "step\\_free was yes and is no" in text


@given(TEXTS)
def test_a_name_makes_no_markup_of_the_changes(name: str) -> None:
    old = network_dataset()
    new = replace_station(old, "keppel", name=f"K{name}")
    text = render_changes(delta_of(old, new)).decode()
    plain = render_changes(delta_of(old, replace_station(old, "keppel", name="K"))).decode()
    assert text.count("\n#") == plain.count("\n#")
    assert not re.search(r"(?<!\\)[<>`*\[\]]", text)


def test_attribution_gives_every_sentence_once_by_licence() -> None:
    other = provenance("wiki", licence="CC-BY-SA-3.0", licence_url="https://example.org/by-sa")
    same = provenance("twin", attribution="Contains information from lta-station-exits.")
    documents = (provenance(), same, other)
    text = render_attribution("2026.07.13", list_licences(documents)).decode()
    assert text.count("Contains information from lta-station-exits.") == 1
    assert text.index("CC-BY-SA-3.0") < text.index("from wiki") < text.index("SODL-1.0")


def test_a_sentence_of_attribution_stays_on_its_line() -> None:
    licences = list_licences([provenance(attribution=HOSTILE)])
    assert len(render_attribution("1", licences).decode().splitlines()) == 6


def test_a_citation_is_yaml_whose_texts_are_what_they_were_and_links_lead_to_the_web() -> None:
    documents = {"a": provenance("a", title='x: "y"\n- z'), "b": provenance("b", url="javascript:alert(1)")}
    dataset = make_dataset(provenance=documents)
    found = yaml.safe_load(render_citation("2026.07.13", "A title", dataset, NOW))
    assert (found["cff-version"], found["version"]) == ("1.2.0", "2026.07.13")
    assert found["date-released"] == "2026-11-23"
    first, second = found["references"]
    assert first["title"] == 'x: "y" - z'
    assert "url" not in second


def test_the_page_has_landmarks_headings_in_order_and_no_script() -> None:
    page = show_page(network_dataset())
    assert page.get("lang") == "en"
    assert [len(page.findall(f".//{name}")) for name in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert [found.text for found in page.iter("h2")] == list(PARTS)
    assert len(list(page.iter("h1"))) == 1
    assert not list(page.iter("script"))
    ids = {found.get("id") for found in page.iter() if found.get("id")}
    assert {str(link.get("href"))[1:] for link in page.xpath("//nav//a")} <= ids
    for table in page.iter("table"):
        assert table.find("caption") is not None
        assert {cell.get("scope") for cell in table.iter("th")} <= {"col", "row"}


def test_the_page_allows_nothing_but_its_own_style() -> None:
    [policy] = show_page(network_dataset()).xpath("//meta[@http-equiv]/@content")
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'",
        policy,
    )


@given(TEXTS)
def test_no_text_of_others_becomes_an_element_of_the_page(text: str) -> None:
    def names(page: html.HtmlElement) -> list[str]:
        return [str(found.tag) for found in page.iter()]

    def page_with(words: str) -> html.HtmlElement:
        document = provenance(title=words, publisher=words, attribution=words, licence=words, url="data:,")
        dataset = make_dataset(provenance={"lta-station-exits": document})
        return show_page(dataset, title=words, run_id=words)

    assert names(page_with(f"a{text}")) == names(page_with("a"))


def test_an_address_that_is_none_of_the_web_is_no_link() -> None:
    document = provenance(url="javascript:alert(1)", licence_url="JavaScript:alert(2)")
    page = show_page(make_dataset(provenance={"lta-station-exits": document}))
    assert not [link for link in page.iter("a") if "script" in str(link.get("href")).lower()]


def test_the_page_tells_the_age_of_what_was_read_longest_ago() -> None:
    page = show_page(make_dataset())
    row = page.xpath("//section[@aria-labelledby='sources']//tbody/tr")[0]
    assert [cell.text_content() for cell in row][-2:] == ["2026-01-05", "322"]


def test_many_documents_of_one_source_are_one_line() -> None:
    pages = {f"p{number}": provenance(f"p{number}", source_id="wiki") for number in range(5)}
    page = show_page(make_dataset(provenance=pages))
    [row] = page.xpath("//section[@aria-labelledby='sources']//tbody/tr")
    assert row[0].text_content() == "wiki, 5 documents"
    assert not list(page.iter("details"))


def test_many_sentences_of_one_licence_are_folded_and_all_there() -> None:
    pages = {f"p{number}": provenance(f"p{number}") for number in range(30)}
    [fold] = show_page(make_dataset(provenance=pages)).iter("details")
    assert fold.findtext("summary") == "30 sentences"
    assert len(list(fold.iter("li"))) == 30


def test_the_file_that_the_example_reads_is_one_of_every_release() -> None:
    assert len(PANDAS.splitlines()) == 5
    files = {spec.file_name for spec in all_exports()}
    assert set(re.findall(r"latest/([\w.]+)", PANDAS)) <= files
    assert all(spec.title for spec in all_exports())


@pytest.mark.parametrize("file_name", ["index.json", "report.html", "../escaped.json", ".hidden", "a/b"])
def test_a_format_that_would_write_where_it_must_not_is_refused(
    file_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ExportSpec(name="theirs", file_name=file_name, render=lambda _: b"")
    monkeypatch.setattr(contents, "all_exports", lambda: (spec,))
    with pytest.raises(ReleaseError, match="The output format theirs writes"):
        render_exports(make_dataset())


def test_a_format_of_another_package_is_released_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ExportSpec(
        name="theirs",
        file_name="theirs.kml",
        render=lambda _: b"kml",
        media_type="application/vnd.google-earth.kml+xml",
        beside={"theirs.txt": lambda _: b""},
    )
    monkeypatch.setattr(contents, "all_exports", lambda: (*all_exports(), spec))
    file, beside = (one.describe() for one in render_exports(make_dataset())[-2:])
    assert (file.name, file.path, file.media_type, file.bytes) == ("theirs", "theirs.kml", spec.media_type, 3)
    assert (beside.name, beside.path, beside.media_type) == ("theirs", "theirs.txt", "text/plain")
