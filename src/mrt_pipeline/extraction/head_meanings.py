"""Ask a model what a head or key means that is not in the vocabulary, once for each wording.

The model makes no statement about exits: the rules read the values below such a head as if it were known, and
each is grounded as strictly as a model's statement, by the words around it. A head that retracts something is
not asked about. Answers are stored by wording and never replaced, so the journal's key needs only the model
and the prompt; if the stored answers are lost, every station is processed again.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from mrt_pipeline.contracts.claims import HeadedValue, Passage
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.extraction.access_words import is_hostile
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.page_model import PageText, Piece
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.prompts import fenced
from mrt_pipeline.extraction.reply_objects import BrokenObjectError, find_objects
from mrt_pipeline.extraction.rules.cells import read_cell
from mrt_pipeline.extraction.rules.headers import is_taken_back, load_vocabulary
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.words import Meaning, folded
from mrt_pipeline.runtime.model import Message, ModelAnswer, Question
from mrt_pipeline.runtime.model_usage import Ledger

PROMPT = "heads-2"
MAX_EXAMPLE_CHARS = 100
MAX_HEADS = 10
"""maximum number of heads per page; the rest are not asked about"""
_ASKED = (Meaning.LANDMARK, Meaning.BUS_STOP)
"""meanings offered to the model; not access, where a wrong answer, say for `Wish` above `Lift`, would send a
wheelchair user to stairs"""
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"meaning": {"type": "string", "enum": [*_ASKED, "none"]}},
    "required": ["meaning"],
    "additionalProperties": False,
}


class Model(Protocol):
    """A model that answers questions, with a store of answers."""

    def find(self, question: Question) -> ModelAnswer | None:
        """Return the stored answer, if there is one."""

    def ask(self, question: Question, ledger: Ledger) -> ModelAnswer:
        """Return an answer, or raise ``ModelCallError``."""

    def keep(self, question: Question, answer: ModelAnswer) -> None:
        """Store an answer."""


@dataclass(frozen=True)
class HeadReader:
    """Reads values below unknown heads, whose meaning a model gives."""

    model: Model
    names: PlaceNames
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def read(
        self, page: Passage, headed: Sequence[HeadedValue], title: str, ledger: Ledger
    ) -> Iterator[Candidate]:
        """Yield the statements of the values about their exits.

        Args:
            page: the passage that contains the values.
            headed: values with unknown heads.
            title: the page's title.
            ledger: records the cost of the model's answers.

        Raises:
            ModelCallError: if the model is unavailable now.
        """
        rule_page = RulePage.of(PageText(title, page.text, ()), self.names, load_vocabulary())
        for head in list(dict.fromkeys(value.head for value in headed if value.exit_labels))[:MAX_HEADS]:
            values = [value for value in headed if value.head == head and value.exit_labels]
            examples = [page.text[value.start : value.end][:MAX_EXAMPLE_CHARS] for value in values[:2]]
            meaning = self._meaning_of(head, examples, ledger)
            for value in values if meaning else ():
                piece = Piece(value.start, value.end)
                for found in read_cell(rule_page, piece, meaning, value.exit_labels, None):
                    yield replace(found, method=Method.MODEL, cell=None)

    def _meaning_of(self, head: str, examples: Sequence[str], ledger: Ledger) -> Meaning | None:
        """Return a head's meaning; the first answer for a wording applies to all pages."""
        if is_taken_back(head) or any(map(is_hostile, (head, *examples))):
            return None
        wording = make_head_question(folded(head), ())
        with self._lock:  # so that two stations with the same head do not both ask
            answer = self.model.find(wording)
            if answer is None:
                try:
                    answer = self.model.ask(make_head_question(head, examples), ledger)
                except ModelCallError as error:
                    if error.retryable or error.fatal:
                        raise
                    return None
                self.model.keep(wording, answer)
        return _parse(answer.text)


def make_head_question(head: str, examples: Sequence[str]) -> Question:
    """Return the question about a head's meaning, with example values."""
    text = "\n".join((f"Head: {head}", *(f"Value: {example}" for example in examples)))
    return Question((Message("system", _prompt()), Message("user", fenced(text))), _SCHEMA)


@cache
def _prompt() -> str:
    path = files("mrt_pipeline.extraction") / "prompts" / f"{PROMPT}.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["system"]).strip()


def _parse(text: str) -> Meaning | None:
    """Return the meaning that a model's reply names; None if it names none or several."""
    try:
        said = {str(found.get("meaning")) for found in find_objects(text, {"meaning"})}
    except BrokenObjectError:
        return None
    return next((meaning for meaning in _ASKED if said == {meaning.value}), None)
