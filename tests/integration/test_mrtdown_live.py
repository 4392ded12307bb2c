"""MRTDown's files, asked for over HTTP or read from a checkout."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from mrt_pipeline.config import Settings
from mrt_pipeline.errors import FetchError, SourceError, SourceFormatError
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.mrtdown.reading import Tables, read_tables, tables_of
from tests.fakes.http_server import Reply
from tests.fakes.mrtdown import DAY, MrtdownRepository
from tests.fakes.publishers import Publishers


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> SourceAccess:
    return publishers.access(tmp_path)


def as_whole() -> Any:
    """Return the records of the repository's content in one piece."""
    payload = Payload(MrtdownRepository().content("station", "service"), datetime(2026, 11, 23, tzinfo=UTC))
    return records(tables_of(payload, Settings()))


def records(tables: Tables) -> Any:
    """Return the records of all tables."""
    return tables.letters.records, tables.trains.records, tables.names.records


def write_checkout(folder: Path) -> None:
    """Write the repository's files as a checkout has them."""
    for path, found in MrtdownRepository().files.items():
        file = folder / "data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps(found))


def with_checkout(publishers: Publishers, tmp_path: Path, checkout: str) -> SourceAccess:
    """Return an access whose configuration names a checkout."""
    access = publishers.access(tmp_path)
    section = access.settings.apis.mrtdown.model_copy(update={"checkout": checkout})
    apis = access.settings.apis.model_copy(update={"mrtdown": section})
    access.settings = access.settings.model_copy(update={"apis": apis})
    return access


def test_lines_lead_to_services_and_these_to_stations_each_asked_for_once(
    publishers: Publishers, access: SourceAccess
) -> None:
    tables = read_tables(access, DAY)
    assert records(tables) == as_whole()
    assert len(tables.names.records) == 42
    assert {it.saturday for it in tables.trains.records} == {("05:35", "00:31")}
    asked = [request.path.removeprefix("/data/") for request in publishers.mrtdown_server.requests]
    assert sorted(asked) == sorted(
        path
        for path in publishers.mrtdown.files
        if not path.startswith("line/") or path[5:8] in asked_lines()
    )
    assert tables.letters.provenance.licence == "CC-BY-4.0"


def asked_lines() -> set[str]:
    """Return the lines in operation on the day."""
    return {"NSL", "EWL"}


def test_files_on_disk_are_used_again_while_they_are_young(
    publishers: Publishers, access: SourceAccess
) -> None:
    first = read_tables(access, DAY)
    publishers.mrtdown_server.requests.clear()
    assert read_tables(access, DAY) == first
    assert publishers.mrtdown_server.requests == []


def test_a_web_page_in_place_of_a_file_is_refused_and_not_kept(
    publishers: Publishers, access: SourceAccess
) -> None:
    good = publishers.mrtdown_server.handler
    publishers.mrtdown_server.handler = lambda request: (
        Reply(body=b"<html>Slow down</html>")
        if request.path.endswith("/station/YISHUN.json")
        else good(request)
    )
    with pytest.raises(SourceFormatError, match=r"HTML.*expected station/YISHUN.json as an object as JSON"):
        read_tables(access, DAY)
    publishers.mrtdown_server.handler = good
    assert records(read_tables(access, DAY)) == as_whole()


def test_a_file_that_is_not_there_is_reported(publishers: Publishers, access: SourceAccess) -> None:
    del publishers.mrtdown.files["station/YISHUN.json"]
    with pytest.raises(FetchError, match="404"):
        read_tables(access, DAY)


@pytest.mark.parametrize(
    ("path", "changes", "told"),
    [
        ("line/NSL.json", {"serviceIds": None}, "'NSL' has None as serviceIds"),
        ("line/NSL.json", {"serviceIds": ["../../x"]}, "'NSL' names '../../x'; expected an id"),
        ("station/YISHUN.json", {"stationCodes": None}, r"1 record could not be read|records could not be"),
        ("station/YISHUN.json", {"name": {"ta": "x" * 500}}, "1 record could not be read"),
    ],
)
def test_a_file_that_does_not_say_what_it_should_is_refused(
    publishers: Publishers, access: SourceAccess, path: str, changes: dict[str, Any], told: str
) -> None:
    publishers.mrtdown.files[path] |= changes
    with pytest.raises(SourceFormatError, match=told):
        read_tables(access, DAY)


def test_a_list_in_place_of_a_file_is_refused(publishers: Publishers, access: SourceAccess) -> None:
    publishers.mrtdown.files["line/NSL.json"] = []  # type: ignore[assignment]  # as a server may send it
    with pytest.raises(SourceFormatError, match=r"line/NSL.json holds 0 objects; expected one"):
        read_tables(access, DAY)


def test_a_checkout_gives_the_same_as_the_service_without_a_request(
    publishers: Publishers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkout(tmp_path / "checkout")
    monkeypatch.setenv("CHECKOUTS", str(tmp_path))
    for name in ("$CHECKOUTS/checkout", str(tmp_path / "checkout/data")):
        assert records(read_tables(with_checkout(publishers, tmp_path, name), DAY)) == as_whole()
    assert publishers.mrtdown_server.requests == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere", "expected a folder with data/station and data/service"),
        ("$NOT_SET_ANYWHERE/x", "names the variable 'NOT_SET_ANYWHERE'"),
    ],
)
def test_a_checkout_that_is_not_there_is_reported_with_its_key(
    publishers: Publishers, tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(FetchError, match=rf"apis.mrtdown.checkout is .*{told}"):
        read_tables(with_checkout(publishers, tmp_path, name), DAY)


def test_a_damaged_file_of_a_checkout_is_reported_with_its_path(
    publishers: Publishers, tmp_path: Path
) -> None:
    write_checkout(tmp_path / "checkout")
    damaged = tmp_path / "checkout/data/station/YISHUN.json"
    damaged.write_bytes(damaged.read_bytes()[:40])
    with pytest.raises(SourceError, match=r"station/YISHUN.json"):
        read_tables(with_checkout(publishers, tmp_path, str(tmp_path / "checkout")), DAY)
