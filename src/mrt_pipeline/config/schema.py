"""The JSON Schema of the configuration file, for editors; shipped as ``schemas/pipeline.schema.json``.

It is generated from the sections, whose strings below the keys become descriptions, and written by
``runtime/json_schemas.py``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from mrt_pipeline.config.keys import section_of
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.sections import Section

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration file; it is cached, so do not modify it."""
    schema = Settings.model_json_schema()
    sections = {section.__name__: section for section in _sections(Settings)}
    for name, part in {"Settings": schema, **schema["$defs"]}.items():
        for key, spec in part.get("properties", {}).items():
            if found := [
                texts[key] for texts in map(_key_docstrings, sections[name].__mro__) if key in texts
            ]:
                spec["description"] = found[0]
    return {"$schema": DIALECT, **schema, "title": "config/pipeline.yaml of MRT Data Pipeline"}


def _sections(section: type[Section]) -> Iterator[type[Section]]:
    """Yield a section and all sections below it."""
    yield section
    for field in section.model_fields.values():
        if below := section_of(field):
            yield from _sections(below)


def _key_docstrings(section: type) -> dict[str, str]:
    """Return the string below each key that a class defines."""
    texts = {}
    for node in _classes_of(section.__module__):
        if node.name == section.__name__:
            for statement, below in pairwise(node.body):
                match statement, below:
                    case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(
                        value=ast.Constant(value=str(text))
                    ):
                        texts[key] = " ".join(text.split())
    return texts


@cache
def _classes_of(module: str) -> list[ast.ClassDef]:
    file = getattr(sys.modules[module], "__file__", None)
    if file is None:  # built in
        return []
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]
