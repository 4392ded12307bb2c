"""The wiki's API is asked politely, and its answers are followed to their end."""

from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.errors import BlockedError, FetchError, SourceFormatError
from mrt_pipeline.sources.fandom_wiki.api import ApiError, api_url
from mrt_pipeline.sources.fandom_wiki.pages import fetch_page, page_url
from mrt_pipeline.sources.fandom_wiki.titles import PageHead, find_heads
from tests.unit.sources.fandom_scene import URL, FakeWiki, in_turn

LAG = {"error": {"code": "maxlag", "info": "Waiting for a database server: 7 seconds lagged.", "lag": 7}}
HEAD = PageHead("Yishun MRT Station", 5, 70)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://singapore-mrt-lines.fandom.com/wiki", "https://singapore-mrt-lines.fandom.com/api.php"),
        ("https://singapore-mrt-lines.fandom.com/wiki/", "https://singapore-mrt-lines.fandom.com/api.php"),
        ("http://127.0.0.1:8123/wiki", "http://127.0.0.1:8123/api.php"),
        ("https://wiki.example/en/wiki", "https://wiki.example/en/api.php"),
        ("https://wiki.example", "https://wiki.example/api.php"),
    ],
)
def test_the_api_stands_beside_the_article_path(base: str, url: str) -> None:
    assert api_url(base) == url


def test_every_request_says_how_much_lag_it_bears_and_which_format_it_reads() -> None:
    wiki = in_turn({"query": {}})
    wiki.api().ask({"action": "query"})
    assert wiki.asked == [{"action": "query", "format": "json", "formatversion": "2", "maxlag": "5"}]


def test_a_lagging_wiki_is_waited_for_as_long_as_it_asks() -> None:
    wiki = in_turn(LAG, LAG, {"query": {"pages": []}})
    assert wiki.api().ask({"action": "query"}).body == {"query": {"pages": []}}
    assert wiki.naps == [9, 9]
    assert wiki.told == [f"fandom-wiki: {URL} responded with error maxlag; retrying in 9 s."] * 2


def test_a_wiki_that_lags_for_good_is_given_up_after_some_tries() -> None:
    wiki = in_turn(LAG)
    with pytest.raises(FetchError, match="responded 5 times with error maxlag") as failure:
        wiki.api().ask({"action": "query"})
    assert failure.value.retryable and len(wiki.naps) == 4


def test_any_other_error_is_raised_at_once_with_its_code() -> None:
    wiki = in_turn({"error": {"code": "badvalue", "info": "Unrecognized value.", "limit": 50}})
    with pytest.raises(ApiError, match="badvalue: Unrecognized value") as failure:
        wiki.api().ask({"action": "query"})
    assert (failure.value.code, failure.value.limit, wiki.naps) == ("badvalue", 50, [])


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"code": "rest-rate-limit-exceeded", "info": "Too many requests."}},
        {"error": {"code": "internal_api_error_DBConnectionError", "info": "[x] Caught exception"}},
        {"error": {"code": "internal_api_error_DBQueryTimeoutError", "info": ""}},
        {"error": {"code": "internal_api_error_JobQueueError", "info": ""}},
        {"error": {"code": "readonly", "info": "The wiki is in read-only mode.", "readonlyreason": "x"}},
        {"error": {"code": "ratelimited", "info": ""}},
        {"error": {"code": "actionthrottledtext", "info": ""}},
        {"error": {"code": "concurrency-limit", "info": ""}},
        {"error": {"code": "pool-queuefull", "info": ""}},
        {"error": {"code": "cirrussearch-too-busy-error", "info": ""}},
        {"error": {"code": "http-timed-out", "info": ""}},
        {"errors": [{"code": "ratelimited", "text": "You've exceeded your rate limit."}]},
        {"errorKey": "rest-rate-limit-exceeded", "httpCode": 429, "httpReason": "Too Many Requests"},
        {"errorKey": "rest-x", "httpCode": 429},
        {"httpCode": 503, "httpReason": "Service Unavailable"},
        {"status": 429, "title": "Slower, please", "type": "about:blank"},
        {"statusCode": "502", "message": "x"},
        {"message": "Rate limit exceeded"},
        {"error": "Too many requests"},
        {"error": 503},
        {"error": "x", "status": 504},
        {"error": True, "message": "Gateway Time-out"},
        {"error": {"message": "Rate limit exceeded", "type": "x"}},
        {"errors": ["ratelimited"]},
        {"errors": "ratelimited"},
        *(
            {"error": {"code": code, "info": "x"}}
            for code in (
                *("poolcounter-error", "internal-error", "backend-fail-internal", "backend-fail-connect"),
                *(
                    "lockmanager-fail-acquirelock",
                    "lockmanager-fail-db-bucket",
                    "dberr-problems",
                    "dberr-again",
                ),
                *("http-curl-error", "429", "503", 500, "HTTP-Timed-Out", "pool-timeout", "server-error"),
            )
        ),
    ],
)
def test_a_temporary_fault_is_waited_for(error: dict[str, Any]) -> None:
    wiki = in_turn(error, {"query": {"pages": []}})
    assert wiki.api().ask({"action": "query"}).body == {"query": {"pages": []}}
    assert len(wiki.naps) == 1


@pytest.mark.parametrize(
    "code",
    [
        *("badvalue", "nosuchrevid", "permissiondenied", "readapidenied", "toomanyvalues", "unknown_action"),
        *("backend-fail-notexists", "blocked", "404", "401", "badtoken", "feedback-error", "limit-500"),
    ],
)
def test_a_permanent_fault_is_not_waited_for(code: str) -> None:
    wiki = in_turn({"error": {"code": code, "info": ""}})
    with pytest.raises(ApiError, match=code):
        wiki.api().ask({"action": "query"})
    assert not wiki.naps


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>",
        b"\n <HTML>",
        b"\xef\xbb\xbf<html lang='en'>",
    ],
)
def test_a_web_page_instead_of_an_answer_says_that_we_may_be_blocked(body: bytes) -> None:
    with pytest.raises(SourceFormatError) as raised:
        in_turn(body).api().ask({"action": "query"})
    assert str(raised.value) == (
        f"fandom-wiki: {URL} responded with a web page, expected JSON; check apis.fandom.base_url, and "
        "whether the wiki blocks this client (a browser check?)"
    )
    assert raised.value.retryable


@pytest.mark.parametrize("body", [b"<html>Just a moment...</html>", b"", b"[1]", b'"x"', b"\xff\xfe"])
def test_what_is_no_mediawiki_is_reported(body: bytes) -> None:
    with pytest.raises(SourceFormatError):
        in_turn(body).api().ask({"action": "query"})


@pytest.mark.parametrize("error", ["down", {"code": None}, {}, [1], 7])
def test_an_error_of_any_shape_is_an_error(error: Any) -> None:
    with pytest.raises(ApiError):
        in_turn({"error": error}).api().ask({"action": "query"})


def test_a_cut_answer_is_followed_until_nothing_is_left() -> None:
    answers = [
        {"continue": {"rvcontinue": "20|1", "continue": "||"}, "query": {"pages": [1]}},
        {"continue": {"rvcontinue": "30|1", "continue": "||"}, "query": {"pages": [2]}},
        {"batchcomplete": True, "query": {"pages": [3]}},
    ]
    wiki = in_turn(*answers)
    found = [answer.body["query"]["pages"] for answer in wiki.api().query({"titles": "A|B"})]
    assert found == [[1], [2], [3]]
    assert [asked.get("rvcontinue") for asked in wiki.asked] == [None, "20|1", "30|1"]
    assert all(asked["titles"] == "A|B" for asked in wiki.asked)


@pytest.mark.parametrize("following", [{"rvcontinue": "same"}, "x", [1]])
def test_an_answer_that_never_ends_is_an_error(following: Any) -> None:
    with pytest.raises(SourceFormatError):
        list(in_turn({"continue": following, "query": {}}).api().query({}))


def test_a_revision_is_fetched_by_its_number() -> None:
    wiki = in_turn({"parse": {"title": HEAD.title, "pageid": 5, "revid": 70, "text": "<p>x</p>"}})
    page = fetch_page(wiki.api(), HEAD)
    assert page is not None and (page.html, page.head) == ("<p>x</p>", HEAD)
    assert wiki.asked[0]["oldid"] == "70"


@pytest.mark.parametrize("code", ["nosuchrevid", "missingtitle", "permissiondenied"])
def test_a_page_deleted_meanwhile_is_missing(code: str) -> None:
    assert fetch_page(in_turn({"error": {"code": code, "info": ""}}).api(), HEAD) is None


@pytest.mark.parametrize("body", [{}, {"parse": []}, {"parse": {"text": {"*": "old format"}}}])
def test_a_page_without_its_text_is_reported(body: Any) -> None:
    with pytest.raises(SourceFormatError, match="came without its text"):
        fetch_page(in_turn(body).api(), HEAD)


def test_a_refusal_is_passed_on() -> None:
    wiki = FakeWiki(lambda _: BlockedError("fandom-wiki", "403", status=403))
    with pytest.raises(BlockedError):
        fetch_page(wiki.api(), HEAD)


def test_a_revisions_address_names_title_and_revision() -> None:
    head = PageHead("Bukit Panjang MRT/LRT Station?", 1, 7)
    assert page_url("https://w.example/wiki/", head) == (
        "https://w.example/wiki/Bukit_Panjang_MRT/LRT_Station%3F?oldid=7"
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"servedby": "mw1"}, "unknown"),
        ({"warnings": {"main": {"warnings": "x"}}}, "unknown"),
        ({"message": "Go away"}, "Go away"),
        ({"errorKey": "rest-nonexistent-title", "httpCode": 404}, "rest-nonexistent-title"),
        ({"query": {}, "errors": [{"code": "badvalue"}]}, "badvalue"),
        ({"errors": [[]]}, "unknown"),
    ],
)
def test_an_answer_of_no_known_shape_is_an_error_that_stays(body: dict[str, Any], code: str) -> None:
    wiki = in_turn(body)
    with pytest.raises(ApiError) as raised:
        wiki.api().ask({"action": "query"})
    assert (raised.value.code, wiki.naps) == (code, [])


@pytest.mark.parametrize("body", [{"batchcomplete": True}, {"query": {}, "errors": []}, {"parse": {}}])
def test_an_answer_that_holds_what_was_asked_for_is_no_error(body: dict[str, Any]) -> None:
    assert in_turn(body).api().ask({"action": "query"}).body == body


def test_an_error_does_not_repeat_a_title_that_is_longer_than_any() -> None:
    page = {"pageid": 1, "ns": 0, "title": "A" * 5000, "revisions": [{}]}
    with pytest.raises(SourceFormatError, match="has no revid") as caught:
        find_heads(in_turn({"query": {"pages": [page]}}).api(), ["Yishun MRT Station"])
    assert len(str(caught.value)) < 200
