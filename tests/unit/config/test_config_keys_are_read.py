from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import mrt_pipeline
from mrt_pipeline.config.keys import Key, value_keys

PACKAGE = Path(mrt_pipeline.__file__).parent


@cache
def _attributes_read() -> set[str]:
    """Return every attribute name that code outside ``config`` reads."""
    return {
        node.attr
        for path in PACKAGE.rglob("*.py")
        if "config" not in path.relative_to(PACKAGE).parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


@pytest.mark.parametrize("key", value_keys(), ids=".".join)
def test_every_key_is_read_by_some_code(key: Key) -> None:
    assert key[-1] in _attributes_read()
