"""The wiki as a source: what it says of a station, and why it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import Secrets, Settings
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.errors import BlockedError, FetchError, SourceError, SourceFormatError
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.page_reading import read_html
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.fandom_wiki.claims import WikiSource, open_source
from mrt_pipeline.sources.fandom_wiki.pages import BrokenPageError, WrongPageError
from mrt_pipeline.sources.fandom_wiki.store import PageStore
from tests.fakes.network_builder import provenance
from tests.unit.extraction.rules.rule_scene import NAMES, table
from tests.unit.extraction.scene import AS_OF, FACTS, HARBOURFRONT, YISHUN
from tests.unit.sources.fandom_scene import NOW, URL, FakeWiki, small_wiki

HTML = (
    "<h2>Exits</h2>"
    + table("Exit | Bus stop | Lift", "A | 59049 | Yes", "Z | 59049 | Yes")
    + "<p>Exit B is the one to take with a pram.</p>"
)
TITLE = "Yishun MRT Station"


def wiki_with(html: str = HTML, revision: int = 70, title: str = TITLE) -> FakeWiki:
    """Return a wiki that holds one page."""
    heads = small_wiki({title: revision}, {TITLE: title} if title != TITLE else {})

    def respond(params: Mapping[str, str]) -> Any:
        if params["action"] == "parse":
            return {"parse": {"title": title, "revid": revision, "text": html}}
        return heads.respond(params)

    return FakeWiki(respond)


def source_of(wiki: FakeWiki, cache: Path, reader: str = "v1") -> WikiSource:
    return WikiSource(
        api=wiki.api(),
        store=PageStore(cache, URL, lambda _: None),
        facts=FACTS,
        names=NAMES,
        base_url="https://wiki.example/wiki",
        now=lambda: NOW,
        reader=reader,
        read_page=partial(read_html, names=NAMES),
    )


class AnyName:
    """Knows stations that never were besides the real ones."""

    def slug_of_title(self, title: str) -> str:
        return NAMES.slug_of_title(title) or title.casefold()

    def __getattr__(self, name: str) -> Any:
        return getattr(NAMES, name)


def _numbered(number: int) -> list[Station]:
    return [
        HARBOURFRONT.model_copy(update={"slug": f"s{place}", "wiki_title": f"S{place}"})
        for place in range(number)
    ]


def test_a_page_becomes_claims_with_quotes_passages_rejections_and_provenance(tmp_path: Path) -> None:
    source = source_of(wiki_with(), tmp_path)
    source.prepare([YISHUN])
    claims = source.claims_for(YISHUN, ())
    (item,) = claims.exits
    assert (item.exit_id, [stop.bus_stop_code for stop in item.bus_stops]) == ("yishun-nsl-A", ["59049"])
    (reason,) = item.bus_stops[0].evidence["relation"]
    assert (reason.document_id, reason.quote) == (f"wiki:{TITLE}@70", "A | 59049 | Yes")
    assert {claim.reason for claim in claims.rejected} == {"exit-unknown"}
    assert [passage.text for passage in claims.passages] == ["Exit B is the one to take with a pram."]
    document = claims.provenance[reason.document_id]
    assert (document.revision, document.licence, document.retrieved_at) == ("70", "CC-BY-SA-3.0", NOW)
    assert document.url == "https://wiki.example/wiki/Yishun_MRT_Station?oldid=70"
    assert (source.version_for(YISHUN) or "").endswith("@70")


def test_passages_are_stretches_of_the_document(tmp_path: Path) -> None:
    source = source_of(wiki_with(), tmp_path)
    source.prepare([YISHUN])
    claims = source.claims_for(YISHUN, ())
    (reason,) = claims.exits[0].bus_stops[0].evidence["relation"]
    (passage,) = claims.passages
    assert reason.char_end is not None and passage.char_start > reason.char_end
    assert passage.document_id == reason.document_id


def test_an_unchanged_page_is_neither_fetched_nor_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = source_of(wiki_with(), tmp_path)
    first.prepare([YISHUN])
    claims = first.claims_for(YISHUN, ())
    wiki = wiki_with("<p>never fetched</p>")
    second = source_of(wiki, tmp_path)
    second.prepare([YISHUN])
    monkeypatch.setattr(second, "read_page", None)
    assert second.claims_for(YISHUN, ()) == claims
    assert len(wiki.asked) == 1


def test_a_new_reader_reads_the_kept_page_again(tmp_path: Path) -> None:
    first = source_of(wiki_with(), tmp_path)
    first.prepare([YISHUN])
    first.claims_for(YISHUN, ())
    first.store.keep_reading(first._resolved["yishun"].head, "v1", b'{"text": "x"}')  # type: ignore[arg-type] # found
    wiki = wiki_with("<p>never fetched</p>")
    for reader in ("v1", "v2"):  # what is kept for v1 cannot be read, for v2 nothing is kept
        source = source_of(wiki, tmp_path, reader)
        source.prepare([YISHUN])
        assert source.claims_for(YISHUN, ()).exits
    assert all(asked["action"] == "query" for asked in wiki.asked)


def test_a_changed_page_is_fetched_and_has_another_version(tmp_path: Path) -> None:
    first = source_of(wiki_with(), tmp_path)
    first.prepare([YISHUN])
    first.claims_for(YISHUN, ())
    second = source_of(wiki_with("<p>Exit A: lift</p>", revision=71), tmp_path)
    second.prepare([YISHUN])
    assert second.version_for(YISHUN) != first.version_for(YISHUN)
    assert not second.claims_for(YISHUN, ()).exits[0].bus_stops


SCRIPT = '<p><strong class="error"><span class="scribunto-error">Time has expired.</span></strong></p>'
BLANK = '<div class="mw-parser-output"></div>'


@pytest.mark.parametrize("html", ["", SCRIPT, HTML[:-60]])
def test_a_page_that_was_incomplete_once_fails_its_station_and_is_requested_again(
    tmp_path: Path, html: str
) -> None:
    first = source_of(wiki_with(html), tmp_path)
    first.prepare([YISHUN])
    with pytest.raises(BrokenPageError, match="Yishun MRT Station"):
        first.claims_for(YISHUN, ())
    wiki = wiki_with()
    second = source_of(wiki, tmp_path)
    second.prepare([YISHUN])
    assert second.claims_for(YISHUN, ()).exits
    assert [asked["action"] for asked in wiki.asked] == ["query", "parse"]


def test_an_answer_about_another_station_is_refused_and_not_kept(tmp_path: Path) -> None:
    fine = wiki_with()

    def respond(params: Mapping[str, str]) -> Any:
        answer = fine.respond(params)
        return (
            answer | {"parse": answer["parse"] | {"title": "Braddell MRT Station"}}
            if "oldid" in params
            else answer
        )

    source = source_of(FakeWiki(respond), tmp_path)
    source.prepare([YISHUN])
    with pytest.raises(WrongPageError, match="Braddell MRT Station"):
        source.claims_for(YISHUN, ())
    again = source_of(fine, tmp_path)
    again.prepare([YISHUN])
    assert again.claims_for(YISHUN, ()).exits


def test_a_blank_page_is_a_warning_that_names_station_page_and_revision(tmp_path: Path) -> None:
    wiki = wiki_with(BLANK, revision=71)
    for _ in range(2):  # a blank page is not kept
        source = source_of(wiki, tmp_path)
        source.prepare([YISHUN])
        claims = source.claims_for(YISHUN, ())
        (finding,) = claims.findings
        assert (finding.check, finding.severity, finding.slug) == (
            "wiki-page-blank",
            Severity.WARNING,
            "yishun",
        )
        assert finding.message.startswith(
            "Yishun: revision 71 of the wiki's page 'Yishun MRT Station' is blank;"
        )
        assert not claims.exits
    assert [asked["action"] for asked in wiki.asked] == ["query", "parse"] * 2


def test_a_page_of_which_a_part_is_cut_is_a_warning_that_shows_how_it_begins(tmp_path: Path) -> None:
    endless = f"<p>Exit A is near the Mall. {'It has a lift. ' * 400}</p>"
    source = source_of(wiki_with(HTML + endless), tmp_path)
    source.prepare([YISHUN])
    claims = source.claims_for(YISHUN, ())
    (finding,) = (one for one in claims.findings if one.check == "wiki-page-cut")
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith(
        "Yishun: the wiki's page has 1 part too long to be read to the end, beginning with 'Exit A is near"
    )
    assert claims.exits


@pytest.mark.parametrize("page", [{"pageprops": {"disambiguation": ""}}, {"ns": 14}])
def test_a_page_that_only_lists_pages_is_not_read(tmp_path: Path, page: dict[str, Any]) -> None:
    fine = wiki_with()

    def respond(params: Mapping[str, str]) -> Any:
        answer = fine.respond(params)
        for listed in answer.get("query", {}).get("pages", []):
            listed.update(page if "revisions" in listed else {})
        return answer

    wiki = FakeWiki(respond)
    source = source_of(wiki, tmp_path)
    source.prepare([YISHUN])
    (finding,) = source.claims_for(YISHUN, ()).findings
    assert finding.check == "wiki-page-missing"
    assert "'Yishun MRT Station' only lists or leads to other pages" in finding.message
    assert source.version_for(YISHUN) == "missing"


def test_a_page_that_is_left_as_a_redirect_is_reported(tmp_path: Path) -> None:
    html = '<div class="redirectMsg"><p>Redirect to:</p><ul class="redirectText"><li>Other</li></ul></div>'
    source = source_of(wiki_with(html), tmp_path)
    source.prepare([YISHUN])
    (finding,) = source.claims_for(YISHUN, ()).findings
    assert (finding.check, finding.slug) == ("wiki-page-missing", "yishun")


def test_a_missing_page_is_a_finding_and_no_failure(tmp_path: Path) -> None:
    source = source_of(wiki_with(), tmp_path)
    source.prepare([HARBOURFRONT])
    claims = source.claims_for(HARBOURFRONT, ())
    assert (source.version_for(HARBOURFRONT), claims.findings[0].check) == ("missing", "wiki-page-missing")
    assert not claims.exits and not claims.provenance


def test_a_page_about_something_else_is_not_read(tmp_path: Path) -> None:
    source = source_of(wiki_with(title="North South Line"), tmp_path)
    source.prepare([YISHUN])
    (finding,) = source.claims_for(YISHUN, ()).findings
    assert "redirects 'Yishun MRT Station' to 'North South Line'" in finding.message


def test_a_refused_client_is_reported_once_and_the_wiki_is_left_alone(tmp_path: Path) -> None:
    wiki = FakeWiki(lambda _: BlockedError("fandom-wiki", "403", status=403))
    source = source_of(wiki, tmp_path)
    with pytest.raises(BlockedError):
        source.prepare([YISHUN])
    assert source.version_for(YISHUN) is None
    with pytest.raises(BlockedError):
        source.claims_for(YISHUN, ())
    assert len(wiki.asked) == 1


def test_a_kept_page_is_used_although_the_wiki_refuses_the_next(tmp_path: Path) -> None:
    first = source_of(wiki_with(), tmp_path)
    first.prepare([YISHUN])
    kept = first.claims_for(YISHUN, ())
    first._blocked = BlockedError("fandom-wiki", "403")
    assert first.claims_for(YISHUN, ()) == kept


def test_a_failure_of_one_batch_is_a_failure_of_its_stations_only(tmp_path: Path) -> None:
    pages = small_wiki({TITLE: 70} | {f"S{number}": 71 for number in range(60)})
    fine = wiki_with()
    stations = [YISHUN, *_numbered(60)]

    def respond(params: Mapping[str, str]) -> Any:
        if params["action"] == "query" and "S55" not in params.get("titles", "").split("|"):
            return pages.respond(params)
        if "S55" in params.get("titles", "").split("|"):
            return FetchError("fandom-wiki", "status 500", retryable=True)
        return fine.respond(params)

    source = replace(source_of(FakeWiki(respond), tmp_path), names=AnyName())  # type: ignore[arg-type] # all it asks
    source.prepare(stations)
    assert source.claims_for(YISHUN, ()).exits
    assert source.version_for(stations[56]) is None
    with pytest.raises(FetchError, match="status 500"):
        source.claims_for(stations[56], ())


def test_a_wiki_without_pages_is_not_readable_and_what_it_said_before_stands(tmp_path: Path) -> None:
    source = source_of(FakeWiki(lambda _: {"batchcomplete": True, "query": {"pages": []}}), tmp_path)
    with pytest.raises(SourceFormatError, match=r"pages for 0 of 184 stations; .* apis\.fandom\.base_url"):
        source.prepare(_numbered(184))
    assert source.version_for(_numbered(1)[0]) is None
    with pytest.raises(SourceError):
        source.claims_for(_numbered(1)[0], ())


@pytest.mark.parametrize(("asked", "there", "readable"), [(10, 1, True), (10, 0, False), (9, 0, True)])
def test_one_page_is_enough_and_of_a_few_stations_none_is_needed(
    asked: int, there: int, readable: bool, tmp_path: Path
) -> None:
    wiki = small_wiki({f"S{place}": 70 for place in range(there)})
    source = replace(source_of(wiki, tmp_path), names=AnyName())  # type: ignore[arg-type] # all it asks
    if readable:
        source.prepare(_numbered(asked))
        assert source.version_for(_numbered(asked)[-1]) == "missing"
        return
    with pytest.raises(SourceFormatError, match="0 of 10 stations"):
        source.prepare(_numbered(asked))


def test_stations_whose_look_up_failed_are_not_taken_for_missing_pages(tmp_path: Path) -> None:
    source = source_of(FakeWiki(lambda _: FetchError("fandom-wiki", "status 500", retryable=True)), tmp_path)
    with pytest.raises(FetchError, match="status 500"):
        source.prepare(_numbered(60))
        source.claims_for(_numbered(1)[0], ())


def test_a_station_that_was_not_looked_up_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Yishun was not looked up"):
        source_of(wiki_with(), tmp_path).claims_for(YISHUN, ())


def test_nothing_to_prepare_asks_nothing(tmp_path: Path) -> None:
    wiki = wiki_with()
    source_of(wiki, tmp_path).prepare([])
    assert not wiki.asked


def test_a_run_opens_the_wiki_that_its_configuration_names(tmp_path: Path) -> None:
    settings = Settings.model_validate({"apis": {"fandom": {"base_url": "https://other.example/wiki"}}})
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=tmp_path, now=lambda: NOW)
    context = RunContext(settings=settings, as_of=AS_OF, access=access, now=lambda: NOW)
    empty: SourceTable[BusStop] = SourceTable((), provenance())
    none: SourceTable[BusService] = SourceTable((), provenance())
    source = open_source(context, BusTables(empty, none))
    assert isinstance(source, WikiSource)
    assert (source.name, source.api.url) == ("fandom_wiki", "https://other.example/api.php")
    assert [path.name for path in (tmp_path / "wiki").iterdir()][:1]
