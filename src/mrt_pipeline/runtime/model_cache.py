"""A model's answers kept on disk between runs, so that no question is paid for twice.

One SQLite file, ``answers.sqlite3``, in the given folder; several threads and processes may use it. It keeps
only complete, readable answers, and the result that an answer does not fit its question; never one that holds
a secret. As a cache it is expendable: an unusable file is set aside, a full disk means that nothing more is
kept, and either is reported once; an unreadable row counts as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import orjson

from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.runtime.model import ChatModel, ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.runtime.stores import STORE_ERRORS, UnfitStoreError, open_store, read_row
from mrt_pipeline.secrecy import SECRETS

FILE_NAME = "answers.sqlite3"
LAYOUT = 1
"""Raised when the table changes; a file with another layout is set aside."""

TABLE = (
    "CREATE TABLE answers "
    "(key TEXT PRIMARY KEY, finish_reason TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID"
)
_FIND = "SELECT text, finish_reason FROM answers WHERE key = ?"


class AnswerCache:
    """Answers by the fingerprint of their question."""

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        """Take the folder; nothing is opened before it is needed.

        Args:
            folder: where the file is kept.
            warn: receives warnings for the user.
        """
        self._path = folder / FILE_NAME
        self._warn = warn
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._can_find = True
        self._can_save = True

    def __del__(self) -> None:
        if (connection := getattr(self, "_connection", None)) is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def find(self, key: str) -> ModelAnswer | None:
        """Return the answer kept under a key, or None."""
        with self._lock:
            rows = self._select(_FIND, (key,)) if self._can_find else []
            row = read_row(rows[0] if rows else None, str, str)
            if row and SECRETS.find(*row):
                self._run("DELETE FROM answers WHERE key = ?", (key,))
                return None
        return ModelAnswer(*row) if row else None

    @property
    def is_empty(self) -> bool:
        """Return whether no answer at all is kept."""
        with self._lock:
            return not (self._can_find and self._select("SELECT 1 FROM answers LIMIT 1", ()))

    def save(self, key: str, answer: ModelAnswer) -> None:
        """Keep an answer; an existing one remains."""
        with self._lock:
            if self._can_save and SECRETS.find(answer.text) is None:
                self._save((key, answer.finish_reason, answer.text))

    def _select(self, statement: str, values: tuple[str, ...]) -> list[tuple[object, ...]]:
        try:
            return self._run(statement, values)
        except STORE_ERRORS as error:
            self._can_find = self._can_save = False
            self._warn(f"{self._path}: answers from earlier runs cannot be used ({error}).")
            return []

    def _save(self, values: tuple[str, ...]) -> None:
        try:
            self._run("INSERT OR IGNORE INTO answers (key, finish_reason, text) VALUES (?, ?, ?)", values)
        except STORE_ERRORS as error:
            self._can_save = False
            self._warn(f"{self._path}: from now on, no model answers are kept for later runs ({error}).")

    def _run(self, statement: str, values: tuple[str, ...]) -> list[tuple[object, ...]]:
        """Return a statement's rows; the first call opens the file, or a new one if it is unfit."""
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = open_store(self._path, TABLE, LAYOUT, self._tell)
        return self._connection.execute(statement, values).fetchall()

    def _tell(self, unfit: UnfitStoreError, aside: Path) -> None:
        self._warn(
            f"{self._path}: the cache of model answers cannot be used ({unfit}); it was kept as {aside.name} "
            "and restarted."
        )


class RememberingModel:
    """Asks a model only questions that it has not been asked before, in this run or an earlier one.

    An answer depends on the server, the model, its parameters, the schema and every word of the conversation.
    The server counts because a model's name is only the server's name for it.
    """

    def __init__(self, model: ChatModel, cache: AnswerCache) -> None:
        self._model = model
        self._cache = cache

    @property
    def is_empty(self) -> bool:
        """Return whether no answer from an earlier run is kept."""
        return self._cache.is_empty

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return a kept answer, or otherwise the model's own.

        Raises:
            ModelCallError: if there is none.
        """
        if known := self.find(question):
            ledger.add(ModelUsage(cached_calls=1))
            return known
        return self._model.ask(question, ledger)

    def find(self, question: Question) -> ModelAnswer | None:
        """Return the kept answer to a question, or None."""
        return self._cache.find(self.fingerprint(question))

    def keep(self, question: Question, answer: ModelAnswer) -> None:
        """Remember the answer to a question, once it is known to be usable."""
        self._cache.save(self.fingerprint(question), answer)

    def fingerprint(self, question: Question) -> str:
        """Return a sha256 over everything that an answer depends on."""
        parts = {
            "server": self._model.base_url,
            "model": self._model.name,
            "parameters": self._model.parameters,
            "schema": question.schema,
            "messages": [[item.role, item.content] for item in question.messages],
        }
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
