"""The JSON Schema of the configuration file, for editors; it ships as ``schemas/pipeline.schema.json``.

It is generated from ``model.py``, whose strings under the keys become its descriptions. After a change there,
write it anew with ``mrt-pipeline config schema > src/mrt_pipeline/schemas/pipeline.schema.json``.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

from mrt_pipeline.config import model

SCHEMA_FILE = Path(__file__).parents[1] / "schemas" / "pipeline.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration file."""
    schema = model.Settings.model_json_schema()
    texts = _key_docstrings()
    for name, section in {"Settings": schema, **schema["$defs"]}.items():
        classes = [base.__name__ for base in getattr(model, name).__mro__]
        for key, spec in section.get("properties", {}).items():
            if found := [texts[base, key] for base in classes if (base, key) in texts]:
                spec["description"] = found[0]
    return {"$schema": DIALECT, **schema, "title": "config/pipeline.yaml of MRT Data Pipeline"}


def _key_docstrings() -> dict[tuple[str, str], str]:
    """Return the string under each key of each section."""
    tree = ast.parse(Path(model.__file__).read_text(encoding="utf-8"))
    texts = {}
    for section in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for statement, below in pairwise(section.body):
            match statement, below:
                case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(value=ast.Constant(value=str(text))):
                    texts[section.name, key] = " ".join(text.split())
    return texts
