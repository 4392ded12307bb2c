"""Measure what a model reads on each page, and its cost: ``python -m tests.real.model.measure qwen``."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from mrt_pipeline.errors import ModelCallError
from tests.fakes.prose_pages import PAGES, facts_of, false_facts
from tests.real.llm import GEMMA, QWEN, serving
from tests.real.model.test_real_model import open_model

MODELS = {model.name: model for model in (QWEN, GEMMA)}


def main(name: str) -> None:
    """Print a line for each page."""
    with tempfile.TemporaryDirectory() as cache, serving(MODELS[name]) as base_url:
        source = open_model(base_url, Path(cache))
        for page in PAGES:
            start = time.monotonic()
            try:
                claims = source.claims_for(page.station, (page.claims,))
            except ModelCallError as error:
                sys.stdout.write(f"{page.slug}: {error}\n")
                continue
            right = facts_of(claims.exits, page.station) & page.facts
            sys.stdout.write(
                f"{page.slug}: {len(page.text)} characters, {claims.usage.calls} calls, "
                f"{claims.usage.prompt_tokens} + {claims.usage.completion_tokens} tokens, "
                f"{len(right)} of {len(page.facts)} facts, {len(false_facts(claims.exits, page))} false, "
                f"{len(claims.rejected)} rejected, {time.monotonic() - start:.0f} s\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
