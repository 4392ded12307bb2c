"""What was read of the wiki is kept between runs, and a broken store breaks nothing."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mrt_pipeline.sources.fandom_wiki.kept import FILE
from mrt_pipeline.sources.fandom_wiki.pages import WikiPage
from mrt_pipeline.sources.fandom_wiki.store import PageStore
from mrt_pipeline.sources.fandom_wiki.titles import PageHead
from tests.fakes.small_disk import small_disk

WIKI = "https://wiki.example/api.php"
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEAD = PageHead("Yishun MRT Station", 5, 70)


def page(revision: int = 70, html: str = "<p>Exit A – 出口</p>") -> WikiPage:
    return WikiPage(PageHead(HEAD.title, HEAD.page_id, revision), html, NOW)


class Stores:
    """Opens stores in one folder and collects what they warn of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warnings: list[str] = []

    def open(self, wiki: str = WIKI) -> PageStore:
        return PageStore(self.folder, wiki, self.warnings.append)


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return Stores(tmp_path / "wiki")


def test_a_page_is_found_again_by_a_later_run(stores: Stores) -> None:
    stores.open().keep_page(page())
    assert stores.open().find_page(HEAD) == page()
    assert not stores.warnings


def test_another_revision_or_another_wiki_is_another_page(stores: Stores) -> None:
    stores.open().keep_page(page())
    assert stores.open().find_page(PageHead(HEAD.title, HEAD.page_id, 71)) is None
    assert stores.open("https://other.example/api.php").find_page(HEAD) is None


def test_a_reading_holds_for_one_revision_and_one_version_of_the_reader(stores: Stores) -> None:
    store = stores.open()
    store.keep_page(page())
    store.keep_reading(HEAD, "v1", b'{"text": "x"}')
    assert stores.open().find_reading(HEAD, "v1") == b'{"text": "x"}'
    assert store.find_reading(HEAD, "v2") is None
    assert store.find_reading(PageHead(HEAD.title, HEAD.page_id, 71), "v1") is None


def test_of_each_page_two_revisions_are_kept(stores: Stores) -> None:
    store = stores.open()
    for revision in (70, 71, 72):
        store.keep_page(page(revision))
        store.keep_reading(PageHead(HEAD.title, 5, revision), "v1", b"{}")
    kept = [store.find_page(PageHead(HEAD.title, 5, revision)) for revision in (70, 71, 72)]
    assert [found is not None for found in kept] == [False, True, True]
    assert store.find_reading(HEAD, "v1") is None


POISON = [
    "",
    '<div class="mw-parser-output"></div>',
    "<h2>Exits</h2><table><tr><td>A",
    '<p><strong class="error"><span class="scribunto-error">Time has expired.</span></strong></p>',
]


@pytest.mark.parametrize("html", POISON)
def test_a_kept_page_that_is_not_whole_is_as_good_as_none(stores: Stores, html: str) -> None:
    stores.open().keep_page(page(html=html))
    assert stores.open().find_page(HEAD) is None


def test_a_blank_page_is_not_kept_in_place_of_a_whole_one(stores: Stores) -> None:
    store = stores.open()
    store.keep_page(page())
    store.keep_page(page(html=POISON[1]))
    assert store.find_page(HEAD) == page()


def test_a_page_kept_under_another_title_is_as_good_as_none(stores: Stores) -> None:
    stores.open().keep_page(page())
    assert stores.open().find_page(PageHead("Khatib MRT Station", HEAD.page_id, HEAD.revision)) is None


def test_a_page_fetched_again_takes_its_old_reading_along(stores: Stores) -> None:
    store = stores.open()
    store.keep_page(page(html=POISON[-1]))
    store.keep_reading(HEAD, "v1", b"{}")
    store.keep_page(page())
    assert store.find_reading(HEAD, "v1") is None


def touched(moment: str | None, html: str = "<p>Exit A</p>") -> WikiPage:
    return WikiPage(replace(HEAD, touched=moment), html, NOW)


@pytest.mark.parametrize(
    ("now", "is_found"), [("T1", True), ("T2", False), (None, True)], ids=["same", "later", "not said"]
)
def test_a_page_that_was_touched_since_is_requested_again(
    now: str | None, is_found: bool, stores: Stores
) -> None:
    stores.open().keep_page(touched("T1"))
    store, head = stores.open(), replace(HEAD, touched=now)
    assert (store.find_page(head) is not None, store.has_page(head)) == (is_found, is_found)
    assert store.find_since(head) == ("T1" if is_found else None)


def test_a_page_that_shows_the_same_after_a_touch_has_shown_it_since_the_first(stores: Stores) -> None:
    store = stores.open()
    assert store.find_since(touched("T1").head) == "T1", "it will be fetched"
    store.keep_page(touched("T1"))
    store.keep_reading(HEAD, "v1", b"{}")
    store.keep_page(touched("T2"))
    assert store.find_since(touched("T2").head) == "T1"
    assert store.find_reading(HEAD, "v1") == b"{}"
    store.keep_page(touched("T3", "<p>Exit B</p>"))
    assert store.find_since(touched("T3").head) == "T3"
    assert store.find_reading(HEAD, "v1") is None


def test_titles_and_vain_searches_are_remembered(stores: Stores) -> None:
    store = stores.open()
    store.keep_search("a", NOW)
    store.keep_title("b", "B")
    assert (stores.open().find_search("a"), stores.open().find_title("b")) == (NOW, "B")
    store.keep_title("a", "A")
    assert (store.find_search("a"), store.find_title("a")) == (None, "A")
    assert (store.find_search("c"), store.find_title("c")) == (None, None)


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_store_is_restarted_with_a_warning(stores: Stores, content: bytes) -> None:
    stores.folder.mkdir()
    (stores.folder / FILE).write_bytes(content)
    store = stores.open()
    assert "cannot be used" in stores.warnings[0] and len(stores.warnings) == 1
    store.keep_page(page())
    assert stores.open().find_page(HEAD) == page()


def test_a_store_that_is_damaged_in_its_middle_is_restarted(stores: Stores) -> None:
    store = stores.open()
    for number in range(50):
        html = "".join(f"<p>{word}</p>" for word in range(number * 100))
        store.keep_page(WikiPage(PageHead(f"P{number}", number, 1), html, NOW))
    store.close()
    path = stores.folder / FILE
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xaa" * (len(content) // 2 - 4096)
    path.write_bytes(content)
    store = stores.open()
    assert len(stores.warnings) == 1
    store.keep_page(page())
    assert store.find_page(HEAD) == page()


def test_a_store_of_another_program_or_version_is_restarted(stores: Stores) -> None:
    stores.folder.mkdir()
    with sqlite3.connect(stores.folder / FILE) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    assert stores.open().find_page(HEAD) is None
    assert "schema 0, expected 2" in stores.warnings[0]


def test_damage_that_shows_later_is_reported_once_and_fails_nothing(stores: Stores) -> None:
    store = stores.open()
    store.keep_page(page())
    with sqlite3.connect(stores.folder / FILE) as connection:
        connection.execute("DROP TABLE pages")
    connection.close()
    assert store.find_page(HEAD) is None
    store.keep_page(page())
    assert store.find_page(HEAD) == page()
    assert len(stores.warnings) == 1


@pytest.mark.parametrize(
    "column",
    ["html = x'00ff'", "html = 'text'", "retrieved_at = 'yesterday'", "html = NULL", "html = html || html"],
)
def test_a_damaged_row_is_as_good_as_none(stores: Stores, column: str) -> None:
    store = stores.open()
    store.keep_page(page())
    with sqlite3.connect(stores.folder / FILE) as connection:
        connection.execute(f"UPDATE pages SET {column}")  # noqa: S608 - ours
    connection.close()
    assert store.find_page(HEAD) is None


def test_a_full_disk_fails_nothing(stores: Stores) -> None:
    store = stores.open()
    words = (f"<p>{os.urandom(5).hex()}</p>" for _ in range(9_000))
    big = page(html=f"<p>Exit A</p>{''.join(words)}")
    with small_disk(20_000):
        store.keep_page(big)
        assert store.find_page(big.head) is None
        store.keep_reading(HEAD, "v1", b"{}")
        assert store.find_title("x") is None
    assert len(stores.warnings) == 1 and "not kept this time" in stores.warnings[0]


def test_a_folder_that_cannot_be_made_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "wiki").write_text("a file")
    stores = Stores(tmp_path / "wiki")
    store = stores.open()
    store.keep_page(page())
    assert store.find_page(HEAD) == page()
    assert len(stores.warnings) == 1


def test_threads_share_a_store(stores: Stores) -> None:
    store = stores.open()

    def work(number: int) -> None:
        for revision in range(5):
            store.keep_page(WikiPage(PageHead("P", number, revision), "<p>x</p>" * 200, NOW))
            store.find_page(PageHead("P", number, revision))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.find_page(PageHead("P", number, 4)) for number in range(8))
    assert not stores.warnings
