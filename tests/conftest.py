"""Hypothesis without a deadline: a busy machine must not turn a right answer into a failure.

``make test`` tries few examples of each property; ``make real`` many, by ``--hypothesis-profile=thorough``.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("project", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile("project")
