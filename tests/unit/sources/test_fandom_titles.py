"""Titles are resolved in batches, through everything that a wiki makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import BlockedError, FetchError, SourceFormatError
from mrt_pipeline.sources.fandom_wiki.titles import (
    PageHead,
    Resolved,
    alternatives,
    find_heads,
    fold_title,
    resolve_titles,
)
from tests.unit.sources.fandom_scene import NOW, FakeWiki, Memory, in_turn, page, small_wiki

YISHUN = "Yishun MRT Station"


def resolve(wiki: FakeWiki, *wanted: str, memory: Memory | None = None) -> dict[str, Resolved]:
    return resolve_titles(wiki.api(), wanted, memory or Memory(), NOW, lambda asked, found: True)


def test_fifty_titles_make_one_request() -> None:
    titles = [f"Station {number} MRT Station" for number in range(120)]
    wiki = small_wiki(dict.fromkeys(titles, 7))
    found = resolve(wiki, *titles)
    assert found == {
        title: Resolved(PageHead(title, number % 50 + 1, 7)) for number, title in enumerate(titles)
    }
    assert len(wiki.asked) == 3


def test_answers_are_matched_through_normalisation_and_redirects_in_any_order() -> None:
    wiki = in_turn(
        {
            "query": {
                "normalized": [{"from": "yishun_MRT Station", "to": YISHUN}],
                "redirects": [{"from": YISHUN, "to": "Yishun"}, {"from": "Yishun", "to": "Yishun Station"}],
                "pages": [{"title": "Gone", "missing": True}, page("Other", 2), page("Yishun Station", 1, 7)],
            }
        }
    )
    heads = find_heads(wiki.api(), ["yishun_MRT Station", "Other", "Gone"])
    assert heads == {
        "yishun_MRT Station": PageHead("Yishun Station", 1, 7),
        "Other": PageHead("Other", 2, 10),
        "Gone": None,
    }


def test_revisions_that_come_with_later_parts_of_a_cut_answer_are_found() -> None:
    bare = {"pageid": 1, "title": "A"}
    wiki = in_turn(
        {"continue": {"rvcontinue": "1"}, "query": {"pages": [bare, page("B", 2)]}},
        {"query": {"pages": [page("A", 1), {"pageid": 2, "title": "B"}]}},
    )
    heads = find_heads(wiki.api(), ["A", "B"])
    assert all(heads.values()) and len(wiki.asked) == 2


def test_a_loop_of_redirects_ends() -> None:
    links = [{"from": "A", "to": "B"}, {"from": "B", "to": "A"}]
    assert find_heads(in_turn({"query": {"redirects": links}}).api(), ["A"]) == {"A": None}


def test_a_batch_that_is_too_large_for_the_wiki_is_made_smaller() -> None:
    def respond(params: Mapping[str, str]) -> Any:
        titles = params["titles"].split("|")
        if len(titles) > 3:
            return {"error": {"code": "toomanyvalues", "info": "", "limit": 3}}
        return {"query": {"pages": [page(title, number + 1) for number, title in enumerate(titles)]}}

    wiki = FakeWiki(respond)
    titles = [f"T{number}" for number in range(10)]
    assert all(find_heads(wiki.api(), titles).values())


def test_other_forms_of_a_title_are_tried_together() -> None:
    wiki = small_wiki({"Senja LRT Station": 1, "Sengkang MRT/LRT Station": 2, "Dakota MRT station": 3})
    found = resolve(wiki, "Senja MRT Station", "Sengkang MRT Station", "Dakota MRT Station")
    assert [resolved.head and resolved.head.revision for resolved in found.values()] == [1, 2, 3]
    assert len(wiki.asked) == 2


def test_a_title_in_wrong_case_is_searched_for_and_verified() -> None:
    wiki = small_wiki({"HarbourFront MRT Station": 4, "Harbourfront Walk MRT Station": 5})
    found = resolve(wiki, "Harbourfront MRT Station", "Gone MRT Station")
    head = found["Harbourfront MRT Station"].head
    assert head is not None and head.revision == 4
    assert found["Gone MRT Station"] == Resolved()


def test_a_title_found_before_is_requested_directly_the_next_time() -> None:
    wiki, memory = small_wiki({"HarbourFront MRT Station": 4}), Memory()
    resolve(wiki, "Harbourfront MRT Station", memory=memory)
    wiki.asked.clear()
    assert resolve(wiki, "Harbourfront MRT Station", memory=memory)["Harbourfront MRT Station"].head
    assert len(wiki.asked) == 1


@pytest.mark.parametrize(("days", "is_searched"), [(0, False), (6, False), (8, True), (-1, True)])
def test_a_search_without_result_is_repeated_only_after_some_days(days: int, is_searched: bool) -> None:
    wiki, memory = small_wiki({YISHUN: 1}), Memory()
    memory.keep_search("Gone MRT Station", NOW - timedelta(days=days))
    resolve(wiki, "Gone MRT Station", memory=memory)
    assert any("srsearch" in asked for asked in wiki.asked) == is_searched
    assert is_searched or len(wiki.asked) == 1


def test_a_page_about_something_else_is_not_taken() -> None:
    wiki = small_wiki({"Circle Line": 3}, {"Keppel MRT Station": "Circle Line"})
    found = resolve_titles(
        wiki.api(), ["Keppel MRT Station"], Memory(), NOW, lambda asked, found: asked == found
    )
    assert found == {"Keppel MRT Station": Resolved(leads_to="Circle Line")}


def test_a_batch_that_fails_fails_its_own_titles_only() -> None:
    titles = [f"Station {number}" for number in range(60)]
    fine = small_wiki(dict.fromkeys(titles, 7))

    def respond(params: Mapping[str, str]) -> Any:
        is_broken = "Station 55" in params.get("titles", "").split("|")
        return FetchError("fandom-wiki", "status 500") if is_broken else fine.respond(params)

    found = resolve(FakeWiki(respond), *titles)
    assert found["Station 3"].head is not None
    assert isinstance(found["Station 55"].failure, FetchError)
    assert sum(resolved.failure is not None for resolved in found.values()) == 10


@pytest.mark.parametrize("error", [FetchError("x", "status 500"), BlockedError("x", "403")])
def test_a_wiki_that_answers_nothing_is_an_error(error: FetchError) -> None:
    with pytest.raises(type(error)):
        resolve(FakeWiki(lambda _: error), YISHUN)


def test_a_refusal_ends_the_asking() -> None:
    wiki = FakeWiki(lambda _: BlockedError("x", "403"))
    with pytest.raises(BlockedError):
        resolve(wiki, *[f"T{number}" for number in range(120)])
    assert len(wiki.asked) == 1


def test_a_revision_without_number_is_reported() -> None:
    broken = {"pageid": 1, "title": "A", "revisions": [{"revid": "x"}]}
    with pytest.raises(SourceFormatError, match="has no revid"):
        find_heads(in_turn({"query": {"pages": [broken]}}).api(), ["A"])


def test_the_forms_of_a_title_begin_with_the_one_given() -> None:
    assert alternatives("Bukit Panjang MRT/LRT Station")[:3] == [
        "Bukit Panjang MRT/LRT Station",
        "Bukit Panjang MRT Station",
        "Bukit Panjang LRT Station",
    ]


def test_titles_are_compared_by_letters_and_digits() -> None:
    assert fold_title("One-North  MRT Station") == fold_title("one–north MRT station")


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["query", "pages", "redirects", "title", "pageid", "revisions", "revid", "from", "to"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(json_values)
def test_an_answer_of_any_shape_is_read_or_reported(body: Any) -> None:
    try:
        heads = find_heads(in_turn({"query": body}).api(), ["A", "B"])
    except SourceFormatError:
        return
    assert set(heads) == {"A", "B"}


@pytest.mark.parametrize("left", [0, 1, 49])
def test_titles_that_an_answer_passes_over_are_not_taken_for_missing(left: int) -> None:
    titles = [f"Station {number}" for number in range(60)]
    fine = small_wiki(dict.fromkeys(titles, 1))

    def respond(params: Mapping[str, str]) -> Any:
        answer = fine.respond(params)
        if "Station 3" in params.get("titles", "").split("|"):
            answer["query"]["pages"] = answer["query"]["pages"][:left]
        return answer

    found = resolve(FakeWiki(respond), *titles)
    assert found["Station 55"].head is not None
    assert isinstance(found["Station 3"].failure, SourceFormatError)
    assert "omits" in str(found["Station 3"].failure)


def test_a_page_that_was_there_before_is_searched_for_each_time_and_its_title_stays_known() -> None:
    memory = Memory(titles={"Harbourfront MRT Station": "HarbourFront MRT Station"})
    for _ in range(2):
        wiki = small_wiki({"Yishun MRT Station": 1})
        resolve(wiki, "Harbourfront MRT Station", memory=memory)
        assert any("list" in asked for asked in wiki.asked)
    healed = small_wiki({"HarbourFront MRT Station": 2})
    found = resolve(healed, "Harbourfront MRT Station", memory=memory)
    assert found["Harbourfront MRT Station"].head is not None
    assert len(healed.asked) == 1
