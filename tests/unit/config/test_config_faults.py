"""Every fault of a configuration is one sentence that says where, what was found and what was expected."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from mrt_pipeline.config.faults import describe_bounds, describe_text
from mrt_pipeline.config.loading import MAX_FILE_BYTES, load_settings
from mrt_pipeline.errors import ConfigError

STAGE2 = "stages.stage2_enrichment"
LICENCES = (
    "expected all, open, or a list of CC-BY-4.0, CC-BY-SA-3.0, LicenseRef-LTA-website-facts, "
    "LicenseRef-SBS-Transit-facts, LicenseRef-official-statements, ODbL-1.0, SODL-1.0."
)
ODD = (
    "which different YAML parsers read as different numbers, or as text; write a decimal number, such as "
    "8 or 0.5, or put text in quotes."
)


def _faults(content: str | bytes, **variables: str) -> tuple[str, ...]:
    path = Path("pipeline.yaml")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigError) as caught:
        load_settings(path, variables)
    assert str(path) in str(caught.value)
    assert all(fault in str(caught.value) for fault in caught.value.faults)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    return caught.value.faults


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("mode: alive", "mode (line 1) is 'alive'; expected one of snapshot, live."),
        ("output: {licences: null}", f"output.licences (line 1) is empty; {LICENCES}"),
        ("output: {licences: [SODL-1.0, 7]}", f"output.licences (line 1) names 7; {LICENCES}"),
        ("output: {licences: opn}", f"output.licences (line 1) is 'opn'; {LICENCES} Did you mean open?"),
        ("output: {licences: [SODL-1.0, SODL-1.0]}",
         "output.licences (line 1) lists SODL-1.0 more than once; list each item once."),
        ("mode: 3", "mode (line 1) is 3; expected one of snapshot, live."),
        (
            "stages:\n  stage2_enrichment:\n    batch_size: 0",
            f"{STAGE2}.batch_size (line 3) is 0; expected a whole number from 1 to 64.",
        ),
        (
            "stages: {stage2_enrichment: {batch_size: true}}",
            f"{STAGE2}.batch_size (line 1) is true; expected a whole number from 1 to 64.",
        ),
        (
            "stages: {stage2_enrichment: {batch_size: '8'}}",
            f"{STAGE2}.batch_size (line 1) is '8'; expected a whole number from 1 to 64.",
        ),
        (
            "stages: {stage2_enrichment: {daily_timeout_minutes: .inf}}",
            f"{STAGE2}.daily_timeout_minutes (line 1) is .inf; "
            "expected a number greater than 0 and at most 1440, or null.",
        ),
        ("pipeline: {version: 2.0}", "pipeline.version (line 1) is 2.0; "
         "expected non-empty text; put it in quotes."),
        ("pipeline: {name: ''}", "pipeline.name (line 1) is ''; expected non-empty text."),
        ("pipeline: {description: yes}",
         "pipeline.description (line 1) is yes; expected text; put it in quotes."),
        ("pipeline: {version: 2.10}", "pipeline.version (line 1) is 2.10; "
         "expected non-empty text; put it in quotes."),
        ("logging: {level: off}",
         "logging.level (line 1) is off; expected one of DEBUG, INFO, WARNING, ERROR."),
        ("expected_lines: on", "expected_lines (line 1) is on; expected a whole number of 1 or more."),
        ("expected_lines: 0x0", "expected_lines (line 1) is 0x0; expected a whole number of 1 or more."),
        ("expected_lines: 1e1", "expected_lines (line 1) is 1e1; expected a whole number of 1 or more."),
        ("stages: {stage1_ingestion: {cache_ttl_days: .nan}}",
         "stages.stage1_ingestion.cache_ttl_days (line 1) is .nan; expected a number from 0 to 3650."),
        ("output:\n  formats:\n    - xml",
         "output.formats[0] (line 3) is 'xml'; "
         "expected one of json, csv, geojson, geopackage, geoparquet, gtfs."),
        ("output: {formats: [!own json]}", "line 1 has a tag; write the value without it."),
        ("stages: {stage1_ingestion: {expected_exits: {min: 900, max: 0950}}}",
         "stages.stage1_ingestion.expected_exits.max (line 1) is 0950, " + ODD),
        ("\nexpected_lines: 010", "expected_lines (line 2) is 010, " + ODD),
        ("output: {formats: [1_0]}", "output.formats[0] (line 1) is 1_0, " + ODD),
        ("output: {versioning: 'yes'}", "output.versioning (line 1) is 'yes'; expected true or false."),
        ("output:\n  directory: outputs\n  formats:\n    - json\n    - xml",
         "output.formats[1] (line 5) is 'xml'; "
         "expected one of json, csv, geojson, geopackage, geoparquet, gtfs."),
        ("output: {formats: json}",
         "output.formats (line 1) is 'json'; expected a list of at least 1 item, "
         "each item one of json, csv, geojson, geopackage, geoparquet, gtfs."),
        ("output: {formats: []}",
         "output.formats (line 1) is an empty list; expected a list of at least 1 item, "
         "each item one of json, csv, geojson, geopackage, geoparquet, gtfs."),
        ("output: {formats: [json, geojson, json]}",
         "output.formats (line 1) lists json more than once; list each item once."),
        ("output: {directory: {a: b}}", "output.directory (line 1) is a mapping; "
         "expected non-empty text."),
        ("alerting:\n  # enabled: true", "alerting (line 1) is empty; "
         "expected a mapping with the keys enabled, on_failure, min_level, timeout_seconds, triggers, "
         "coverage_min."),
        ("alerting: {triggers: {recovered: never}}", "alerting.triggers.recovered (line 1) is 'never'; "
         "expected one of info, warning, error, critical, or null."),
        ("gates: {max_enriched_lost_share: 5}", "gates.max_enriched_lost_share (line 1) is 5; "
         "expected a number from 0 to 1."),
        ("apis: {onemap: {base_url: one map}}",
         "apis.onemap.base_url (line 1) is 'one map'; expected a URL such as https://example.org/api."),
        ("apis: {onemap: {base_url: 'https://me:hunter2@example.org'}}",
         "apis.onemap.base_url (line 1) contains a user name or password, which would end up in manifests; "
         "remove it."),
        ("apis: {onemap: {base_url: 'https://hunter2@example.org'}}",
         "apis.onemap.base_url (line 1) contains a user name or password, which would end up in manifests; "
         "remove it."),
        ("lineage: {url: 'https://example.org/?token=hunter2'}",
         "lineage.url (line 1) contains a query, whose secrets would end up in manifests; "
         "remove it."),
        ("apis: {onemap: {base_url: 'https://me:hunter2@example.org:99999'}}",
         "apis.onemap.base_url (line 1) is a URL with a login; expected a URL such as https://example.org/api."),
        ("apis: {datagov: {dataset_id: x}}",
         "apis.datagov.dataset_id (line 1) is 'x'; expected text of the form ^d_[0-9a-f]+$."),
        ("lineage: {transport: http}",
         "lineage (line 1) sets transport: http, which requires a url, such as http://localhost:5000."),
        ("execution: {reading: dask}",
         "execution (line 1) sets reading to dask without a scheduler_address; expected an address such as "
         "tcp://localhost:8786."),
        (
            "alerting: {enabled: true, on_failure: []}",
            "alerting (line 1) is enabled without a channel in on_failure; expected one at least, "
            "such as log.",
        ),
        ("execution: {scheduler_address: localhost}", "execution.scheduler_address (line 1) is not the "
         "address of a scheduler; expected one such as tcp://localhost:8786."),
        ("contact: you there", "contact (line 1) contains a space or a non-ASCII character; "
         "expected one URL or e-mail address."),
        ("stages: {stage1_ingestion: {sources: [onemap]}}",
         "stages.stage1_ingestion (line 1) does not list datagov among its sources; stage 1 needs "
         "it, so add it."),
        ("stages: {stage1_ingestion: {expected_exits: {min: 900}}}",
         "stages.stage1_ingestion.expected_exits (line 1) has min 900 and max 800; "
         "expected min to be no more than max."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_reported_with_its_path_line_and_what_was_expected(content: str, fault: str) -> None:
    assert _faults(content) == (fault,)


def test_a_number_of_a_variable_is_read_as_strictly_as_one_of_the_file() -> None:
    variables = {
        "MRT_PIPELINE__EXPECTED_LINES": "010",
        "MRT_PIPELINE__EXPECTED_STATIONS": "yes",
        "MRT_PIPELINE__PIPELINE__VERSION": "0600",
    }
    assert _faults("expected_stations: 184", **variables) == (
        "MRT_PIPELINE__EXPECTED_LINES is 010, " + ODD,
        "MRT_PIPELINE__EXPECTED_STATIONS is yes; expected a whole number of 1 or more.",
    )


def test_the_least_and_the_most_expected_exits_may_be_the_same() -> None:
    Path("pipeline.yaml").write_text(
        "stages: {stage1_ingestion: {expected_exits: {min: 613, max: 613}}}", "utf-8"
    )
    assert load_settings(Path("pipeline.yaml"), {}).stages.stage1_ingestion.expected_exits.max == 613


def test_a_long_value_is_cut() -> None:
    (fault,) = _faults(f"mode: {'x' * 500}")
    assert len(fault) < 150
    assert "x…;" in fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("mod: live", "mod (line 1) is not a known key; did you mean mode?"),
        ("stages: {stage2_enrichment: {batchSize: 1}}",
         f"{STAGE2}.batchSize (line 1) is not a known key; did you mean batch_size?"),
        ("stages: {stage2_enrichment: {batch: 1}}",
         f"{STAGE2}.batch (line 1) is not a known key; did you mean batch_size?"),
        ("apis: {openrouter: {max_token: 1}}",
         "apis.openrouter.max_token (line 1) is not a known key; did you mean max_tokens?"),
        ("\n\nbatch_size: 4", f"batch_size (line 3) is not a known key; did you mean {STAGE2}.batch_size?"),
        ("apis: {fandom: {max_tokens: 4}}",
         "apis.fandom.max_tokens (line 1) is not a known key; did you mean apis.openrouter.max_tokens?"),
        ("apis: {opnrouter: {timeout: 4}}",
         "apis.opnrouter (line 1) is not a known key; did you mean openrouter?"),
        ("logging: {colour: true}", "logging.colour (line 1) is not a known key; remove it. "
         "Allowed keys: level, format."),
        ("logging: {1: true}",
         "logging.1 (line 1) is not a known key; remove it. Allowed keys: level, format."),
        ("logging: {<<: {level: INFO}}",
         "logging.<< (line 1) is not a known key; remove it. Allowed keys: level, format."),
    ],
)  # fmt: skip
def test_an_unknown_key_is_reported_with_the_nearest_known_one(content: str, fault: str) -> None:
    (found,) = _faults(content)
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("content", "variable"),
    [
        ("apis: {onemap: {password: hunter2}}", "ONEMAP_PASSWORD"),
        ("apis: {onemap: {email: a, passwd: hunter2}}", "ONEMAP_PASSWORD"),
        ("apis: {openrouter: {api_key: hunter2}}", "OPENROUTER_API_KEY"),
        ("apis: {openrouter: {api-key: hunter2}}", "OPENROUTER_API_KEY"),
        ("OPENROUTER_API_KEY: hunter2", "OPENROUTER_API_KEY"),
        ("apis: {datamall: {AccountKey: hunter2}}", "LTA_ACCOUNT_KEY"),
        ("apis: {datamall: {account_key: hunter2}}", "LTA_ACCOUNT_KEY"),
        ("apis: {fandom: {token: hunter2}}", "in the environment or in .env"),
        ("token: hunter2", "ONEMAP_EMAIL or ONEMAP_PASSWORD or"),
        ("pipeline: {client_secret: hunter2}", "in the environment or in .env"),
        ("alerting: {email_url: 'mailto://a:hunter2@b'}", "MRT_PIPELINE_ALERT_EMAIL_URL"),
        ("alerting: {webhook_url: 'https://b/hunter2'}", "MRT_PIPELINE_ALERT_WEBHOOK_URL"),
    ],
)
def test_a_secret_in_the_file_is_reported_with_its_variable_and_never_shown(
    content: str, variable: str
) -> None:
    fault = next(fault for fault in _faults(content) if "looks like a secret" in fault)
    assert variable in fault


def test_all_faults_are_reported_at_once() -> None:
    faults = _faults(
        "mode: alive\nmode: live\nlogging: {level: LOUD}\noutput: !!set {a}\nfoo: 1\nexpected_lines: 0x"
        + "f" * 99,
        MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__BATCH_SIZE="many",
        MRT_PIPELINE__FOO="1",
    )
    assert len(faults) == 8


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "it is empty; expected lines such as mode: snapshot."),
        ("# nothing but a comment", "it is empty; expected lines such as mode: snapshot."),
        ("- mode", "it is a list; expected lines such as mode: snapshot."),
        ("mode", "it is a single value; expected lines such as mode: snapshot."),
        ("mode: [\n", "line 2, column 1 is not valid YAML: expected a value."),
        ("a: 1\nb: c: d", "line 2, column 5 is not valid YAML: "
         "mapping values are not allowed in this context."),
        ("a: 1\nb: 'hunter2\nc: 1", "line 3, column 5 is not valid YAML: "
         "found unexpected end of stream, in a text in quotes that starts on line 2."),
        ("a: 1\nb: \x01", "line 2, column 4 is not valid YAML: an unprintable character."),
        (b"a: 1\nb: \xff", "line 2 is not UTF-8; save the file as UTF-8."),
        ("#" * (MAX_FILE_BYTES + 1),
         f"it is longer than {MAX_FILE_BYTES} bytes; expected a configuration file."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_configuration_gets_a_reason(content: str | bytes, fault: str) -> None:
    assert _faults(content) == (fault,)


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    Path("pipeline.yaml").write_bytes(b"\xef\xbb\xbfmode: live")
    assert load_settings(Path("pipeline.yaml"), {}).mode == "live"


def test_a_pipe_is_refused_before_anyone_waits_for_it() -> None:
    os.mkfifo("pipeline.yaml")
    with pytest.raises(ConfigError, match="it is a pipe, not a file"):
        load_settings(Path("pipeline.yaml"), {})


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("absent.yaml", "the file does not exist; correct the path"),
        (".", "it is a folder, not a file; expected a configuration file"),
        ("/dev/zero", "it is a device, not a file"),
        ("a\0b", "embedded null byte; expected a configuration file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(path: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(Path(path), {})
    assert path in str(caught.value)
    assert words in caught.value.faults[0]


@pytest.mark.parametrize(
    ("least", "above", "most", "words"),
    [
        (None, None, None, ""),
        (1, None, None, "of 1 or more"),
        (None, None, 9, "of at most 9"),
        (1, None, 64, "from 1 to 64"),
        (None, 0, None, "greater than 0"),
        (None, 0, 600, "greater than 0 and at most 600"),
    ],
)
def test_the_limits_of_a_number_are_given_in_words(
    least: float | None, above: float | None, most: float | None, words: str
) -> None:
    assert describe_bounds(least, above, most) == words


@pytest.mark.parametrize(
    ("least", "most", "pattern", "words"),
    [
        (0, None, None, "text"),
        (1, None, None, "non-empty text"),
        (2, None, None, "text of at least 2 characters"),
        (0, 9, None, "text of at most 9 characters"),
        (2, 9, None, "text of 2 to 9 characters"),
        (1, 9, "^[a-z]+$", "text of the form ^[a-z]+$"),
    ],
)
def test_the_form_of_a_text_is_given_in_words(
    least: int, most: int | None, pattern: str | None, words: str
) -> None:
    assert describe_text(least, most, pattern) == words
