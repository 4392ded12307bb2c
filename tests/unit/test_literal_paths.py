"""The two paths that the specification names are thin, and lead to the same classes."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

import mrt_pipeline.config
import mrt_pipeline.orchestrator

ROOT = Path(__file__).parents[2]
LITERAL_PATHS = ["src/orchestrator.py", "config/settings.py"]


def _statements(file: str) -> list[ast.stmt]:
    return ast.parse((ROOT / file).read_text(encoding="utf-8")).body


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "__name__ == '__main__'"


def _is_exports(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"


@pytest.mark.parametrize("file", LITERAL_PATHS)
def test_a_literal_path_holds_a_docstring_imports_and_exports_only(file: str) -> None:
    docstring, *rest = _statements(file)
    assert isinstance(docstring, ast.Expr)
    assert isinstance(docstring.value, ast.Constant)
    rest = [statement for statement in rest if not isinstance(statement, ast.Import | ast.ImportFrom)]
    if file == "src/orchestrator.py":
        assert _is_main_guard(rest.pop())
    (exports,) = rest
    assert _is_exports(exports)


def test_the_orchestrator_is_the_same_class_whichever_way_it_is_imported() -> None:
    module = importlib.import_module("src.orchestrator")
    assert module.PipelineOrchestrator is mrt_pipeline.orchestrator.PipelineOrchestrator


def test_the_configuration_is_the_same_whichever_way_it_is_imported() -> None:
    module = importlib.import_module("config.settings")
    assert module.PipelineConfig is mrt_pipeline.config.PipelineConfig
    assert module.get_config is mrt_pipeline.config.get_config


def test_src_holds_the_package_and_the_script_and_nothing_that_could_hide_a_standard_module() -> None:
    """Running the script puts ``src/`` first on the path: a stray ``types.py`` would break every start."""
    names = {path.name for path in (ROOT / "src").iterdir() if path.name != "__pycache__"}
    assert {name for name in names if not name.endswith(".egg-info")} == {"mrt_pipeline", "orchestrator.py"}


def test_the_folder_of_the_configuration_holds_the_file_and_the_path_of_the_specification() -> None:
    names = {path.name for path in (ROOT / "config").iterdir() if path.name != "__pycache__"}
    assert names == {"pipeline.yaml", "settings.py"}
