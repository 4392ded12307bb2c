"""Evidence with the document that it refers to, and its method in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from mrt_pipeline.contracts.evidence import METHODS_IN_WORDS, Evidence, Method, Provenance
from mrt_pipeline.contracts.explanation import Reason
from mrt_pipeline.network import NETWORK_DOCUMENT

_OWN_RECORD = "recorded in this project's own network table"


class Reasons:
    """Combines evidence with its document, each pair once."""

    def __init__(self, provenance: Mapping[str, Provenance], model: str | None) -> None:
        self._provenance = provenance
        self._model = model
        self.of = lru_cache(maxsize=None)(self._of)

    def of_all(self, implied: Iterable[Evidence]) -> tuple[Reason, ...]:
        """Return reasons for what the dataset does not state itself, as far as their documents are in it."""
        return tuple(self.of(reason) for reason in implied if reason.document_id in self._provenance)

    def _of(self, evidence: Evidence) -> Reason:
        known = {**dict(self._provenance[evidence.document_id]), **dict(evidence), "how": self._how(evidence)}
        return Reason(**{name: known[name] for name in Reason.model_fields})

    def _how(self, evidence: Evidence) -> str:
        if evidence.method is Method.MODEL:
            name = f"the language model {self._model}" if self._model else "a language model"
            return f"read from the page by {name}, and verified in its text"
        if evidence.method is Method.RECORD and evidence.document_id == NETWORK_DOCUMENT:
            return _OWN_RECORD
        return METHODS_IN_WORDS[evidence.method]
