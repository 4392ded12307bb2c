"""A model that is asked the same question once only, across runs.

An answer depends on the server, the model, its parameters, the schema and every word of the conversation. The
server counts because a model's name is only what a server calls it: ``qwen`` here is not ``qwen`` elsewhere.
"""

from __future__ import annotations

import hashlib

import orjson

from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.runtime.model import ChatModel, ModelAnswer, Question
from mrt_pipeline.runtime.model_cache import AnswerCache
from mrt_pipeline.runtime.model_usage import Ledger


class RememberingModel:
    """Asks a model what it was not asked before."""

    def __init__(self, model: ChatModel, cache: AnswerCache) -> None:
        self._model = model
        self._cache = cache

    @property
    def is_empty(self) -> bool:
        """Return whether no answer of an earlier time is kept."""
        return self._cache.is_empty

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return the answer kept of an earlier time, else the model's own.

        Raises:
            ModelCallError: if there is none.
        """
        if known := self.find(question):
            ledger.add(ModelUsage(cached_calls=1))
            return known
        return self._model.ask(question, ledger)

    def find(self, question: Question) -> ModelAnswer | None:
        """Return the answer kept of an earlier time."""
        return self._cache.find(self.fingerprint(question))

    def keep(self, question: Question, answer: ModelAnswer) -> None:
        """Remember the answer to a question, once it is known to be of use."""
        self._cache.save(self.fingerprint(question), answer)

    def fingerprint(self, question: Question) -> str:
        """Return a sha256 over all that an answer depends on."""
        parts = {
            "server": self._model.base_url,
            "model": self._model.name,
            "parameters": self._model.parameters,
            "schema": question.schema,
            "messages": [[item.role, item.content] for item in question.messages],
        }
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
