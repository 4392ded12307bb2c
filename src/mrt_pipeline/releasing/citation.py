"""Whom a release names: ``ATTRIBUTION.txt``, ``CITATION.cff``, and licences and sources in its index."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import yaml

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import Licence, SourceRead
from mrt_pipeline.report.texts import show_message


def list_licences(documents: Iterable[Provenance]) -> tuple[Licence, ...]:
    """Return each licence with the sentences that its documents ask for, each once."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for document in documents:
        found.setdefault((document.licence, document.licence_url), {})[document.attribution] = None
    return tuple(
        Licence(licence=licence, url=url, attributions=tuple(sorted(sentences)))
        for (licence, url), sentences in sorted(found.items())
    )


def list_sources(documents: Iterable[Provenance]) -> tuple[SourceRead, ...]:
    """Return each document that was read, by its id."""
    named = SourceRead.model_fields
    return tuple(
        SourceRead(**{name: getattr(document, name) for name in named})
        for document in sorted(documents, key=lambda document: document.document_id)
    )


def render_attribution(version: str, licences: Iterable[Licence]) -> bytes:
    """Return the sentences that must be passed on with the data, by licence."""
    lines = [
        f"Release {version}: if you pass this data on, name its sources with these sentences.",
        "Each value in stage3_final.json carries the licence of the document that it was read from.",
    ]
    for licence in licences:
        lines += ["", f"{show_message(licence.licence)} ({show_message(licence.url)})", ""]
        lines += [f"- {show_message(sentence)}" for sentence in licence.attributions]
    return ("\n".join(lines) + "\n").encode()


def render_citation(version: str, title: str, dataset: Stage3Output, released_at: datetime) -> bytes:
    """Return how to cite a release, in the Citation File Format 1.2.0."""
    documents = sorted(dataset.provenance.values(), key=lambda document: document.document_id)
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, cite it, and name its sources as ATTRIBUTION.txt does.",
        "type": "dataset",
        "title": title,
        "version": version,
        "date-released": released_at.date().isoformat(),
        "authors": [{"name": show_message(dataset.metadata.pipeline_name)}],
        "references": [_reference(document) for document in documents],
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000).encode()


def _reference(document: Provenance) -> dict[str, Any]:
    return {
        "type": "data",
        "title": show_message(document.title),
        "authors": [{"name": show_message(document.publisher)}],
        **({"url": document.url} if document.url.startswith(("https://", "http://")) else {}),
        "date-accessed": document.retrieved_at.date().isoformat(),
    }
