"""The parts of documents generated from the registry of sources; ``python -m tests.docs`` writes them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from mrt_pipeline.config.registry import READING_STAGES, all_sources, sources_of
from mrt_pipeline.contracts.source_spec import SourceSpec
from mrt_pipeline.runtime.recordings import load_recording

DOCS = Path(__file__).parents[1] / "docs"
_HEAD = "| source | gives | documents | recorded in the package |\n|---|---|---|---|\n"


def render() -> dict[Path, str]:
    """Return the documents as they should be."""
    listed, configuration = DOCS / "sources" / "README.md", DOCS / "configuration.md"
    page = configuration.read_text(encoding="utf-8")
    for stage in READING_STAGES:
        names = ", ".join(spec.name for spec in sources_of(stage) if spec.is_default)
        row = re.compile(rf"(## `stages\.{stage}`\n.*?\n\| `sources` \| `)\[[^]]*\]", re.DOTALL)
        page = row.sub(rf"\1[{names}]", page, count=1)
    before, head, rest = listed.read_text(encoding="utf-8").partition(_HEAD)
    rows = "".join(map(_row_of, all_sources()))
    return {listed: before + head + rows + re.sub(r"\A(\|.*\n)*", "", rest), configuration: page}


def _row_of(spec: SourceSpec) -> str:
    """Return a source's row; its description is the first line of its package's docstring."""
    gives = str(import_module(spec.package).__doc__).partition("\n")[0].rstrip(".")
    ids = [document.document_id for document in spec.documents]
    recordings = map(load_recording, ids if spec.is_recorded else ())
    days = sorted({f"{recording.provenance.retrieved_at:%Y-%m-%d}" for recording in recordings})
    part_of_it = "part of the package" if spec.is_recorded else "no"
    recorded = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else part_of_it
    folder = spec.package.rpartition(".")[2]
    return (
        f"| [`{spec.name}`]({folder}.md) | {gives} | {', '.join(f'`{one}`' for one in ids)} | {recorded} |\n"
    )


if __name__ == "__main__":
    for path, text in render().items():
        path.write_text(text, encoding="utf-8")
