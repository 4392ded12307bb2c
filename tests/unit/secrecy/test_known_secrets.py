"""A secret that is known is found and taken out in each form, wherever it stands."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.secrecy import MARK, KnownSecrets
from mrt_pipeline.secrecy.encodings import Text, Traced, readings
from mrt_pipeline.secrecy.known import MIN_CHARS
from mrt_pipeline.secrecy.urls import is_random, secrets_of_link, secrets_of_login, secrets_of_url
from tests.fakes.secret_forms import FORMS

NASTY = 'p"ä\\ss/w+ör d€&<%41🚇'
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJmNzM4NTk-_x"
SIGNATURE = "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024"

CHARS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
WORDS = st.text(CHARS)
SECRETS = (
    st.text(CHARS, min_size=MIN_CHARS)
    .map(str.strip)
    .filter(lambda text: len(text) >= MIN_CHARS and text != MARK)  # the mark itself is not a secret
)
ENCODINGS = st.sampled_from(list(FORMS.values()))


def knowing(*texts: str) -> KnownSecrets:
    """Return a filter that knows some secrets."""
    known = KnownSecrets()
    known.learn("A_KEY", *texts)
    return known


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", [NASTY, TOKEN])
def test_a_secret_is_known_in_each_form(secret: str, form: str) -> None:
    text = f"before {FORMS[form](secret)} after"
    known = knowing(secret)
    assert known.find(text) == known.find(text.encode()) == "A_KEY"
    shown = known.redact(text)
    assert MARK in shown and shown.startswith("before ") and shown.endswith(" after")
    assert known.find(shown) is None


@given(SECRETS, WORDS, WORDS)
def test_a_secret_is_found_whatever_stands_around_it(secret: str, before: str, after: str) -> None:
    known, text = knowing(secret), before + secret + after
    assert known.find(text) == "A_KEY"
    assert secret not in known.redact(text)


@given(SECRETS, WORDS, WORDS)
def test_a_secret_in_a_document_of_json_is_found(secret: str, before: str, after: str) -> None:
    document = json.dumps({"said": [before + secret + after]})
    assert knowing(secret).find(document) == "A_KEY"


@given(SECRETS, ENCODINGS, WORDS)
def test_what_was_redacted_holds_no_secret_in_any_form(secret: str, encode: object, around: str) -> None:
    known = knowing(secret)
    shown = known.redact(f"{around} {encode(secret)} {around}")  # type: ignore[operator] # one of FORMS
    assert known.find(shown) is None


@given(SECRETS, st.lists(WORDS))
def test_a_text_without_a_secret_stays_as_it_is(secret: str, words: list[str]) -> None:
    known = knowing(secret)
    for text in words:
        assert known.find(text) is not None or known.redact(text) == text


@given(st.lists(SECRETS, max_size=3), st.binary())
def test_any_bytes_can_be_searched(secrets: list[str], content: bytes) -> None:
    knowing(*secrets).find(content)


def test_a_filter_that_knows_nothing_finds_nothing_and_changes_nothing() -> None:
    known = KnownSecrets()
    facts = {"a": [1, "x"]}
    assert known.find("anything") is None
    assert known.redacted(facts) is facts


@pytest.mark.parametrize(
    "text", [f"{TOKEN[:20]}\n{TOKEN[20:]}", f"{TOKEN[:20]}\r\n  {TOKEN[20:]}", f"{TOKEN[:9]}\\n{TOKEN[9:]}"]
)
def test_a_long_secret_is_known_across_a_line_break(text: str) -> None:
    known = knowing(TOKEN)
    assert known.find(text) == "A_KEY"
    assert known.redact(f"said: {text}.") == f"said: {MARK}."


@pytest.mark.parametrize("secret", ["12345678", "p@ss 'w\"", "Ünïcödé1", "a b+c/d%"])
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_of_the_least_length_is_known_in_each_form(secret: str, form: str) -> None:
    text = f"before {FORMS[form](secret)} after"
    known = knowing(secret)
    assert known.find(text) == "A_KEY"
    assert known.find(known.redact(text)) is None


def test_a_shorter_text_is_no_secret() -> None:
    assert knowing("a", "abc", "1234567", "").redact("a abc 1234567") == "a abc 1234567"


@pytest.mark.parametrize("secret", ["[secret]", "[Secret]", "[SECRET]"])
def test_a_secret_that_is_the_mark_does_not_hide_everything(secret: str) -> None:
    known = knowing(secret)
    assert known.redact("a [secret] b") == "a [secret] b"


def test_a_secret_that_spells_the_mark_does_not_hide_everything() -> None:
    assert knowing("secret").redact("a secret") == "a secret"


def test_what_is_public_is_no_secret() -> None:
    known = knowing("me@example.org")
    known.allow("mrt-data, me@example.org")
    assert known.find("me@example.org") is None


def test_each_text_of_plain_data_is_redacted_and_numbers_stay() -> None:
    facts = {NASTY: ["x", f"<{NASTY}>", 12345678, None, True], "error": ValueError(NASTY)}
    known = knowing(NASTY, "12345678")
    assert known.redacted(facts) == {MARK: ["x", f"<{MARK}>", 12345678, None, True], "error": MARK}


def test_a_text_that_occurs_repeatedly_in_plain_data_is_redacted_everywhere() -> None:
    known = knowing(TOKEN)
    assert known.redacted([{TOKEN: TOKEN}, ["x", f"x{TOKEN}", TOKEN], "x"]) == [
        {MARK: MARK},
        ["x", f"x{MARK}", MARK],
        "x",
    ]


def test_the_first_name_of_a_secret_is_the_one_that_is_reported() -> None:
    known = KnownSecrets()
    known.learn("LTA_ACCOUNT_KEY", TOKEN)
    known.learn("the header AccountKey", TOKEN)
    assert known.find(TOKEN) == "LTA_ACCOUNT_KEY"


def test_showing_a_filter_shows_no_secret() -> None:
    assert TOKEN not in repr(knowing(TOKEN))


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("https://hooks.example.org/services/T01/xY12345678", {"/services/T01/xY12345678", "xY12345678"}),
        (
            "mailtos://me:p%40ssw0rd@mail.example.org?to=you@example.org",
            {"p%40ssw0rd", "p@ssw0rd", "to=you@example.org"},
        ),
        ("tgram://123456789:AAHx-yz/44556677", {"123456789:AAHx-yz", "/44556677"}),
        ("https://localhost:8080/hook", set()),
        ("http://[", set()),
    ],
)
def test_each_part_of_a_channels_url_that_may_be_its_key_is_secret(url: str, secrets: set[str]) -> None:
    assert set(filter(None, secrets_of_url(url))) == secrets


def test_of_a_signed_link_its_signature_is_secret_and_not_its_day() -> None:
    link = f"https://a.example/f?X-Amz-Date=20261129T181306Z&X-Amz-Signature={SIGNATURE}"
    link += "&sig=a1b2c3D4e5F6g7h8i9j%2B&token=a1b2c3"
    assert set(secrets_of_link(link)) == {SIGNATURE, "a1b2c3D4e5F6g7h8i9j+"}


@pytest.mark.parametrize(
    "word",
    [
        *("stations", "checkpoints", "stage1_ingestion", "stage2_journal.sqlite3", "20261129T181306Z"),
        *(
            "2026-11-29T18:13:06+08:00",
            "Singapore-Open-Data-Licence-1.0",
            "d_b39d3a0871985372d7e1637193335da5",
        ),
        *("0123456789012345678901234567890", "NS27-terminus-NS13-high", "A1 B2 C3 D4 E5 F6 G7 H8 I9"),
        *("d45b093b-56f4-5a24-99b8-64fe191e38ff", SIGNATURE[:63]),
    ],
)
def test_no_server_can_make_a_word_of_ours_a_secret(word: str) -> None:
    assert not is_random(word)
    for url in (f"https://a.example/f?token={quote(word)}", f"https://me:{quote(word)}@a.example/f"):
        assert set(secrets_of_link(url)) == set()


def test_signatures_and_tokens_of_services_are_random() -> None:
    assert all(map(is_random, (TOKEN, SIGNATURE, "frJIUN8DYpKDtOLCwo//yllqDzg=")))


@pytest.mark.parametrize(
    "escape", ["&#{};", "&#x{};", "\\u{{{}}}", "\\x{{{}}}", "\\N{{{}}}", "\\{}", "%{}", "0x{}"]
)
def test_an_escape_of_any_length_is_no_error(escape: str) -> None:
    known = knowing(TOKEN)
    for digit in "0179f":
        for length in (*range(1, 40), 10_000):
            text = f"a {escape.format(digit * length)} {TOKEN}"
            assert known.find(text) == "A_KEY"
            assert TOKEN not in known.redact(text)


def test_of_a_proxy_its_password_is_secret() -> None:
    assert set(secrets_of_login("http://me:p%C3%A4ssword@proxy.example:3128")) == {
        "p%C3%A4ssword",
        "pässword",
    }


@given(st.lists(st.from_regex(rb"[A-Za-z0-9+/_-]{1,14}|[ .=\xff]", fullmatch=True)).map(b"".join))
def test_what_may_be_base64_is_the_same_whether_its_place_is_known_or_not(text: bytes) -> None:
    assert Text(text).base64().content == Traced.of(text).base64().content


@given(WORDS, WORDS, ENCODINGS)
def test_a_text_is_read_in_the_same_ways_whether_its_place_is_known_or_not(
    before: str, after: str, encode: Callable[[str], str]
) -> None:
    text = f"{before} {encode(TOKEN)} {after}".encode()
    placed = {(kind, reading.content) for kind, reading in readings(Traced.of(text))}
    assert placed == {(kind, reading.content) for kind, reading in readings(Text(text))}


@pytest.mark.parametrize("ahead", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("behind", [b"", b"\\", b"\\u00", b"%4", b"&am", b"<b"])
def test_a_secret_in_base64_is_found_at_each_place_of_a_group_and_beside_half_an_escape(
    ahead: str, behind: bytes
) -> None:
    digits = base64.b64encode(behind + TOKEN.encode() + behind).decode()
    assert knowing(TOKEN).find(f"{ahead}{digits}") == "A_KEY"
    assert TOKEN[:MIN_CHARS] not in knowing(TOKEN).redact(f"{ahead}{digits}")
    assert digits not in knowing(TOKEN).redact(f"{ahead}{digits}")
