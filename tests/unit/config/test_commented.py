"""The commented file that ``config init`` writes."""

from __future__ import annotations

import tomllib
from pathlib import Path

from mrt_pipeline.config import PipelineConfig, Settings
from mrt_pipeline.config.loading import CHECKOUT_FILE, PACKAGED_FILE, read_commented

ROOT = Path(__file__).parents[3]


def test_it_is_the_file_of_the_repository_without_the_path_that_leads_nowhere_else() -> None:
    mark, _, rest = CHECKOUT_FILE.read_text(encoding="utf-8").split("\n", 2)
    assert "src/mrt_pipeline/schemas" in mark
    assert read_commented() == rest


def test_it_says_every_default() -> None:
    Path("mine.yaml").write_text(read_commented(), encoding="utf-8")
    assert PipelineConfig("mine.yaml").settings == Settings()


def test_a_wheel_has_it_where_it_is_read_and_a_checkout_has_no_copy_there() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    wheel = tools["hatch"]["build"]["targets"]["wheel"]
    assert "config/pipeline.yaml" in wheel["only-include"]
    assert (ROOT / "src" / wheel["sources"]["config"] / "pipeline.yaml") == PACKAGED_FILE
    assert not PACKAGED_FILE.exists()
