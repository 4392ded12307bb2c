"""Figures that tests measure: ``conftest.py`` prints them at the end of a session."""

from collections.abc import Callable

FIGURE = "figure"
"""the property of a test's report that holds a figure"""

Say = Callable[[str], None]
"""keeps a sentence with a figure"""
