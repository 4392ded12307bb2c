"""Pages and an answer sheet in a folder: what was read, missed and wrongly published, counted."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.errors import ConfigError, UsageError
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.orchestrator.evaluation import COLUMNS, Evaluation, evaluate
from tests.unit.extraction.rules.rule_scene import table

CONFIG = PipelineConfig(Path(__file__).parents[3] / "config" / "pipeline.yaml")
DAY = date(2026, 11, 23)
PAGE = table("Exit | Lift | Nearby | Mystery", "A | Yes | Northpoint City | Silver Hall", "B | Yes | |")


def _evaluate(folder: Path, *rows: str, page: str = PAGE, name: str = "Yishun.html") -> Evaluation:
    (folder / name).write_text(page, "utf-8")
    with (folder / "answers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([[*COLUMNS, "kind"], *(row.split("|") for row in rows)])
    return evaluate(folder, CONFIG, DAY)


def test_what_was_read_missed_and_false_is_counted_by_field_and_form(tmp_path: Path) -> None:
    found = _evaluate(
        tmp_path,
        "Yishun.html|NS13|A|access|lift|table",
        "Yishun.html|NS13|A|landmark|The Northpoint City|table",
        "Yishun.html|NS13|A|landmark|Silver Hall|table",
        "Yishun.html|NS13|B|access|lift|trap",
    )
    access, landmarks = found.by_field["access"], found.by_field["landmark"]
    assert (access.recall, access.precision, landmarks.recall, landmarks.precision) == (1.0, 0.5, 0.5, 1.0)
    assert [(fact.exit_label, fact.value) for fact in found.false] == [("B", "lift")]
    assert [(miss.fact.value, miss.reason) for miss in found.missed] == [("Silver Hall", "form-not-read")]
    assert found.by_kind["table"].read == 2
    assert found.unknown_heads == {"Mystery": 1}


def test_a_saved_answer_of_the_wiki_is_a_page_too(tmp_path: Path) -> None:
    saved = json.dumps({"parse": {"title": "Yishun MRT Station", "text": {"*": PAGE}}})
    found = _evaluate(tmp_path, "y.json|yishun|A|access|lift|", page=saved, name="y.json")
    assert found.by_field["access"].read == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Yishun.html|yishun|A|colour|red|", "  - line 2: unknown field 'colour'; expected one of platform"),
        ("Yishun.html|yishun||access|lift|", "line 2: no exit"),
        ("../Yishun.html|yishun|A|access|lift|", "expected the name of a file in the same folder"),
        ("Khatib.html|khatib|A|access|lift|", "Khatib.html not found"),
        ("Yishun.html|atlantis|A|access|lift|", "line 2: no station 'atlantis' in operation"),
        ("Yishun.html|yishun|Z|access|lift|", "line 2: exit 'Z'; expected A, B, C, D or E for this field of"),
        ("Yishun.html|yishun|A|platform|A>NS1|", "line 2: exit 'A'; expected * for this field of Yishun"),
    ],
)
def test_a_wrong_row_is_named_with_what_was_expected(row: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        _evaluate(tmp_path, row)


def test_all_rows_without_a_page_station_or_exit_are_named_at_once_but_traps_may_have_any_exit(
    tmp_path: Path,
) -> None:
    rows = (
        "Yishun.html|NS13|Z|access|lift|",
        "Yishun.html|NS14|A|access|lift|",
        "Yishun.html|NS13|Z|access|lift|trap",
    )
    with pytest.raises(
        UsageError, match=r"2 invalid lines:\n  - line 2: exit 'Z'.*\n  - line 3: Yishun.html is also"
    ):
        _evaluate(tmp_path, *rows)


def test_a_sheet_without_rows_and_a_file_in_place_of_the_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no rows"):
        _evaluate(tmp_path)
    with pytest.raises(UsageError, match=r"Yishun\.html is not a folder"):
        evaluate(tmp_path / "Yishun.html", CONFIG, DAY)


def test_a_vocabulary_of_ones_own_is_laid_over_the_packages(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("meaning,language,words\nother,en,lift\nlandmark,en,out and about\n", "utf-8")
    vocabulary = load_vocabulary(own)
    assert (vocabulary.meaning_of("Lift"), vocabulary.meaning_of("Out and about")) == ("other", "landmark")
    own.with_name("wrong.csv").write_text("meaning,language,words\nhouse,en,home\n", "utf-8")
    with pytest.raises(ConfigError, match="line 2: meaning 'house'"):
        load_vocabulary(own.with_name("wrong.csv"))


def test_a_line_is_numbered_as_in_the_file_and_one_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Yishun.html").write_text(PAGE, "utf-8")
    rows = ("page,station,exit,field,value,kind", "", "Yishun.html,NS13,A,landmark,Marks, Spencer,table,x")
    (tmp_path / "answers.csv").write_text("\n".join(rows), "utf-8")
    with pytest.raises(UsageError, match="line 3: too many cells"):
        evaluate(tmp_path, CONFIG, DAY)


def test_a_trap_may_be_written_with_a_capital(tmp_path: Path) -> None:
    found = _evaluate(tmp_path, "Yishun.html|NS13|A|access|lift|Trap")
    assert "lift" in [fact.value for fact in found.false if fact.exit_label == "A"]
