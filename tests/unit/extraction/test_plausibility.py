"""Lies that could be true: held against what records know, doubted, and shown to a person."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.merging import MergedStation, merge_claims
from mrt_pipeline.extraction.plausibility import MOST_LANDMARKS
from tests.fakes.enrichment_sources import quoted
from tests.fakes.network_builder import SMALL_NETWORK, cited, make_platform, open_stations
from tests.unit.extraction.scene import grounded, reasons, said

NS13, NS17, CC15, *_OTHERS = SMALL_NETWORK.codes
_YISHUN, BISHAN, _SENJA = open_stations()
RECORD = cited("BSH_NSL_A", "mrtdown-platforms", licence="CC-BY-4.0")["record"]


def _merge(recorded: dict[str, str], read: dict[str, str]) -> MergedStation:
    """Merge letters of records and of a page, each by the next station of its direction."""
    codes = {code.station_code: code for code in SMALL_NETWORK.codes}
    own = make_platform(NS17, NS13).evidence
    by_record = [
        make_platform(NS17, codes[to], platform_code=letter, evidence={**own, "platform_code": RECORD})
        for to, letter in recorded.items()
    ]
    by_page = [
        make_platform(
            NS17,
            codes[to],
            platform_code=letter,
            confidence=Confidence.MEDIUM,
            evidence=quoted(f"{letter} to {to}"),
        )
        for to, letter in read.items()
    ]
    claims = [
        StationClaims(
            source=source,
            exits=tuple(ExitEnrichment(exit_id=it.exit_id, platforms=tuple(said)) for it in BISHAN.exits),
        )
        for source, said in (("mrtdown", by_record), ("fandom_wiki", by_page))
    ]
    return merge_claims(BISHAN, claims)


@pytest.mark.parametrize(("letter", "is_known"), [("A", True), ("B", True), ("C", False), ("H", False)])
def test_a_letter_that_no_record_of_the_station_knows_is_doubted(letter: str, is_known: bool) -> None:
    merged = _merge({"NS13": "A", "BP13": "B"}, {"CC15": letter})
    [platform] = [item for item in merged.platforms if item.next_code == "CC15"]
    assert platform.platform_codes == (letter,)
    assert platform.confidence is (Confidence.MEDIUM if is_known else Confidence.LOW)
    assert [item.check for item in merged.findings] == ([] if is_known else ["platform-letter-unknown"])
    assert is_known or "records know A, B here" in merged.findings[0].message


def test_letters_that_a_page_has_swapped_at_all_exits_are_published_by_nobody() -> None:
    merged = _merge({"NS13": "A", "CC15": "B"}, {"NS13": "B", "CC15": "A"})
    assert [platform.platform_codes for platform in merged.platforms] == [(), ()]
    assert [item.check for item in merged.findings] == ["sources-disagree"] * 2


@pytest.mark.parametrize("letter", ["Z", "99", "0", "I"])
def test_a_sign_that_no_platform_has_is_rejected(letter: str) -> None:
    text = f"Platform {letter}: towards Jurong East"
    assert reasons(text, said("platform", letter, text, None, towards="Jurong East")) == [
        "platform-not-a-label"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Free Wifi Login Bit Ly Abc",
        "Scan QR Plaza",
        "Promo Mall",
        "Join Telegram",
        "Bit.ly Abc",
        "Mall.com",
        "Call 9123 4567",
    ],
)
def test_what_leads_readers_elsewhere_is_no_place(name: str) -> None:
    text = f"Exit A: {name}"
    assert reasons(text, said("landmark", name, text, "A")) == ["hostile-text"]


@pytest.mark.parametrize(("number", "is_crowd"), [(MOST_LANDMARKS, False), (300, True)])
def test_more_landmarks_than_an_exit_has_are_doubted(number: int, is_crowd: bool) -> None:
    names = [f"Shop Number {place} Plaza" for place in range(number)]
    text = "\n".join(f"Exit A: {name}" for name in names)
    found, rejected, findings = grounded(
        text, *(said("landmark", name, f"Exit A: {name}", "A", method=Method.RULE) for name in names)
    )
    assert (rejected, len(found[0].landmarks)) == ((), number)
    assert {item.confidence is Confidence.LOW for item in found[0].landmarks} == {is_crowd}
    assert [item.check for item in findings] == ["landmarks-too-many"] * is_crowd
