"""Hypothesis without a deadline: a busy machine must not turn a right answer into a failure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
