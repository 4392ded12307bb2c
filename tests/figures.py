"""Figures that tests measure: ``conftest.py`` prints them at the end of a session."""

from collections.abc import Callable

FIGURE = "figure"
"""the property of a test's report under which one is kept"""

Say = Callable[[str], None]
"""keeps a sentence with a figure"""
