from __future__ import annotations

from mrt_pipeline.errors import SourceError
from mrt_pipeline.secrecy import SECRETS


def test_advice_follows_what_is_wrong_as_a_sentence_of_its_own_without_secrets() -> None:
    SECRETS.learn("A_KEY", "hunter2hunter2")
    error = SourceError("lta-bus-stops", "answered 503.")
    error.advise("Do without hunter2hunter2.")
    assert str(error) == "lta-bus-stops: answered 503. Do without [secret]."
