"""The HTTP client below the ``openai`` package: an answer has a greatest size and a greatest time as a whole.

This module loads the HTTP libraries; import it where a request is made.
"""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.runtime.http_transport import BoundedTransport

MAX_ANSWER_BYTES = 1_000_000
"""An answer of 200,000 tokens, the most that can be configured, is shorter."""


class BoundedClient(httpx2.Client):
    """Sends a request and reads the whole answer, within bounds."""

    def __init__(self, base_url: str, timeout_s: float, max_bytes: int = MAX_ANSWER_BYTES) -> None:
        """Open nothing yet.

        Args:
            base_url: of the server, which the operator configured and which may be a local one.
            timeout_s: for a whole answer, seconds.
            max_bytes: for the body of an answer.
        """
        self._bounded = BoundedTransport(frozenset({urlsplit(base_url).hostname or ""}))
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        super().__init__(
            transport=self._bounded,
            timeout=timeout_s,
            # calls take seconds and lie seconds apart: a connection kept in between would only go stale
            headers={"Accept-Encoding": "identity", "Connection": "close"},
            follow_redirects=False,
        )

    def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        """Return the whole answer, whether a stream was asked for or not.

        Raises:
            ModelCallError: if the answer is too large.
            httpx2.TransportError: if there is no whole answer in time.
        """
        try:
            with self._bounded.deadline(self._timeout_s):
                return self._send_and_read(request, options)
        except httpcore2.TimeoutException as error:
            raise httpx2.ReadTimeout(str(error), request=request) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError) as error:
            raise httpx2.ReadError(str(error) or type(error).__name__, request=request) from error

    def _send_and_read(self, request: httpx2.Request, options: dict[str, Any]) -> httpx2.Response:
        with contextlib.closing(super().send(request, stream=True, **options)) as response:
            body = self._read(response)
        return httpx2.Response(response.status_code, headers=response.headers, content=body, request=request)

    def _read(self, response: httpx2.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelCallError("The model's server sent a compressed answer, which was not asked for.")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._max_bytes:
                raise ModelCallError(
                    f"The model's server sent an answer of more than {self._max_bytes:,} bytes."
                )
        return bytes(body)
