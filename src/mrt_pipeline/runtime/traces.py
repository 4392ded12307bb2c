"""What a stage received from its sources, so that a later run can check whether it would receive the same.

A trace gives the sha256 of each answer, by document and request. A request is named in one of three ways:

- by the sha256 of its URL, if the answer is kept on disk (``http_cache.py``) and valid for later runs too;
- by its URL, if it is to be requested again;
- ``KEPT``, for what a source depends on besides answers: pages, lifts or model answers that it keeps, or
  files of the operator's own.

A trace is verified without parsing any answer: equal bytes give equal results.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from mrt_pipeline.contracts.run import Trace
from mrt_pipeline.runtime.files import sha256_of

KEPT = "kept"


class Tracer:
    """Records what a stage receives; may be shared by threads."""

    def __init__(self) -> None:
        self._told: Trace = {}
        self._lock = threading.Lock()

    def note(self, document_id: str, request: str, content: bytes) -> None:
        """Record an answer, replacing an earlier one to the same request."""
        sha256 = sha256_of(content)
        with self._lock:
            self._told.setdefault(document_id, {})[request] = sha256

    def begin(self) -> None:
        """Forget everything recorded."""
        with self._lock:
            self._told = {}

    @property
    def trace(self) -> Trace:
        """Return everything recorded since the beginning."""
        with self._lock:
            return {name: dict(sorted(requests.items())) for name, requests in sorted(self._told.items())}


def requests_of(trace: Trace) -> Iterator[tuple[str, str, str]]:
    """Yield document, request, and the sha256 of the answer."""
    for document, requests in trace.items():
        for request, sha256 in requests.items():
            yield document, request, sha256


def is_url(request: str) -> bool:
    """Return whether a request is to be repeated."""
    return "://" in request
