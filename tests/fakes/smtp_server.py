"""A real SMTP server on the loopback interface that requires a login and keeps messages.

    with LoopbackSmtp("operator", "a password") as server:
        ...  # server.url, server.messages

It accepts mail only after a login. Its URL is in Apprise's form, including the password.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

SENDER = "pipeline@example.org"
RECIPIENT = "operator@example.org"


class LoopbackSmtp:
    """Serves on a free port of 127.0.0.1 while its block runs."""

    def __init__(self, user: str, password: str) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[bool] = []
        self._login = (user.encode(), password.encode())
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            auth_require_tls=False,
            authenticator=self._authenticate,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """Return the URL with which Apprise sends mail to this server, unencrypted and as the known user."""
        user, password = (quote(word.decode(), safe="") for word in self._login)
        place = f"{user}:{password}@127.0.0.1:{self._controller.port}"
        return f"mailto://{place}?from={SENDER}&to={RECIPIENT}"

    async def handle_DATA(  # noqa: N802 # the name that the server calls
        self, _server: object, session: Session, envelope: Envelope
    ) -> str:
        if not session.authenticated:
            return "530 log in first"
        content = envelope.original_content or b""
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"

    def _authenticate(
        self, _server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        is_known = (data.login, data.password) == self._login
        self.logins.append(is_known)
        return AuthResult(success=is_known, handled=False)


class _Controller(Controller):
    """Learns which free port the system chose before anyone needs it."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd has no types here
