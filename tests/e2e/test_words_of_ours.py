"""No word of our own files looks like a secret that a server may choose."""

from __future__ import annotations

import re

from mrt_pipeline.secrecy.urls import is_random
from tests.e2e.command import Workplace

WORDS = re.compile(r"[A-Za-z0-9+/=_.~-]+|[A-Za-z0-9_]+")
CHECKSUM = re.compile(r"[0-9a-f]{64}")
RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


def test_no_word_of_a_runs_records_and_data_looks_random(finished: Workplace) -> None:
    folder = finished.outputs / "latest"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))]
    assert len(texts) > 5
    words = {word for text in texts for word in WORDS.findall(text)}
    random = {word for word in words if is_random(word)}
    assert not {word for word in random if not CHECKSUM.fullmatch(word) and not RUN_ID.fullmatch(word)}
