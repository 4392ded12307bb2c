"""What ``evaluate`` prints for a program."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from tests.unit.extraction.rules.rule_scene import table

CONFIG = Path(__file__).parents[3] / "config" / "pipeline.yaml"


def test_what_is_false_and_missed_is_printed_as_json(tmp_path: Path) -> None:
    (tmp_path / "y.html").write_text(table("Exit | Lift | Mystery", "A | Yes | Silver Hall"), "utf-8")
    rows = ("page,station,exit,field,value", "y.html,NS13,A,landmark,Silver Hall")
    (tmp_path / "answers.csv").write_text("\n".join(rows), "utf-8")
    result = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--config", str(CONFIG), "--json"])
    found = json.loads(result.stdout)
    assert found["false"] == [{"page": "y.html", "exit_label": "A", "field": "access", "value": "lift"}]
    assert [miss["fact"]["value"] for miss in found["missed"]] == ["Silver Hall"]


def test_a_share_of_nothing_is_not_a_figure(tmp_path: Path) -> None:
    (tmp_path / "y.html").write_text(table("Exit | Lift", "A | Yes"), "utf-8")
    (tmp_path / "answers.csv").write_text("page,station,exit,field,value\ny.html,NS13,A,access,lift", "utf-8")
    said = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--config", str(CONFIG)]).stdout
    shares = {row.split()[0]: row.split()[1:] for row in said.splitlines() if row and row[0].isalpha()}
    assert shares["access"] == ["1", "1", "100.0%", "0", "100.0%"]
    assert shares["landmark"] == ["0", "0", "–", "0", "–"]
