"""The pinned requirements install nothing but the files that their hashes name, from no named index."""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = (Path(__file__).parents[3] / "requirements.txt").read_text().replace("\\\n", "")


def test_every_requirement_has_one_version_and_the_hashes_of_its_files() -> None:
    pinned = re.compile(r"[a-z0-9-]+==[\w.+]+( ; [^;]+)?(\s+--hash=sha256:[0-9a-f]{64})+")
    unfit = [line for line in REQUIREMENTS.splitlines() if not pinned.fullmatch(line.rstrip())]
    assert unfit == []
    assert len(REQUIREMENTS.splitlines()) > 50
