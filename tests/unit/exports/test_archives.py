from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from mrt_pipeline.errors import SecretFoundError
from mrt_pipeline.exports.archives import pack, to_csv
from mrt_pipeline.runtime.files import write_bytes
from mrt_pipeline.secrecy import SECRETS

SECRET = "a-secret-of-some-length-1234567890"


def test_an_archive_holds_its_files_in_order_and_no_time() -> None:
    with zipfile.ZipFile(io.BytesIO(pack({"b.csv": b"2", "a.csv": b"1"}))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["b.csv", "a.csv"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_a_secret_in_an_archive_is_found_before_it_is_written(tmp_path: Path) -> None:
    SECRETS.learn("MY_KEY", SECRET)
    with pytest.raises(SecretFoundError):
        write_bytes(tmp_path / "x.zip", pack({"a.csv": to_csv(["name"], [[SECRET * 3]])}))


def test_a_cell_with_a_comma_quote_or_break_is_quoted_and_lines_end_as_rfc_4180_has_it() -> None:
    assert to_csv(["a", "b"], [["x,y", 'say "hi"'], ["two\nlines", "cr\r"]]) == (
        b'a,b\r\n"x,y","say ""hi"""\r\n"two\nlines","cr\r"\r\n'
    )
