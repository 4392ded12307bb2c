"""The six error cases of the specification, and the exit codes."""

from __future__ import annotations

import contextlib
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import SHIPPED_CONFIG, Workplace, load, stations_bytes
from tests.fakes.http_server import LoopbackServer, Reply, SeenRequest

pytestmark = pytest.mark.slow

IMPOSSIBLE = {"MRT_PIPELINE__EXPECTED_STATIONS": "999"}


@contextlib.contextmanager
def _run_that_hangs(place: Workplace, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a run whose stage 2 waits for a server that does not answer."""
    arrived = threading.Event()

    def hang(request: SeenRequest) -> Reply:
        arrived.set()
        request.hang()
        return Reply(503)

    with LoopbackServer(hang) as server:
        live = place.with_variables(
            MRT_PIPELINE__APIS__DATAMALL__MODE="live",
            MRT_PIPELINE__APIS__DATAMALL__BASE_URL=server.url,
            LTA_ACCOUNT_KEY="an-account-key",
        )
        process = live.start("run", *arguments)
        assert arrived.wait(timeout=60)
        yield process


def _assert_one_message(stderr: str, *words: str) -> None:
    assert "Traceback" not in stderr
    assert stderr.count("Error:") == 1
    for word in words:
        assert word in stderr


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".json"}


def test_a_configuration_that_is_not_there_is_named(place: Workplace) -> None:
    result = place.call("run", "--config", "nowhere/pipeline.yaml")
    assert result.returncode == 2
    _assert_one_message(result.stderr, "nowhere/pipeline.yaml")
    assert not place.outputs.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"A=1\nLTA_ACCOUNT_KEY=s3cret\xff\n", ".env: line 2 is not UTF-8"),
        (b"# keys\n\nLTA_ACCOUNT_KEY s3cret\n", '.env: line 3 has no "="'),
        (b"s3cret\n", '.env: line 1 has no "="'),
    ],
)
def test_a_fault_in_the_file_of_secrets_is_reported_with_its_line_and_without_the_value(
    content: bytes, said: str, place: Workplace
) -> None:
    (place.folder / ".env").write_bytes(content)
    result = place.call("run")
    assert result.returncode == 2
    _assert_one_message(result.stderr, said)
    assert "s3cret" not in result.stdout + result.stderr
    assert not place.outputs.exists()


def test_all_faults_of_a_configuration_are_reported_at_once(place: Workplace) -> None:
    text = SHIPPED_CONFIG.read_text(encoding="utf-8")
    text = text.replace("batch_size: 8", "batch_sise: 8").replace("max_retries: 3", "max_retries: -1")
    (place.folder / "broken.yaml").write_text(text)
    result = place.call("run", "--config", "broken.yaml")
    assert result.returncode == 2
    _assert_one_message(result.stderr, "batch_sise", "batch_size", "max_retries", "line")


def test_a_failed_stage_leaves_no_checkpoint_and_says_why(after_a_run: Workplace) -> None:
    latest_before = after_a_run.latest.resolve()
    result = after_a_run.with_variables(**IMPOSSIBLE).call("run")
    assert result.returncode == 1
    _assert_one_message(result.stderr, "expected_stations", "184", "999")
    failed = after_a_run.runs[-1]
    assert failed != latest_before
    assert not (failed / "stage3_final.json").exists()
    assert not (failed / "mrt_transit_graph.json").exists()
    manifest = load(failed / "manifest.json")
    assert manifest["status"] == "failed"
    assert manifest["stages"]["stage3_merger"]["status"] == "failed"
    assert "expected_stations" in manifest["error"]
    assert load(failed / "validation.json")["status"] == "failed"
    assert after_a_run.latest.resolve() == latest_before


def test_a_failed_resume_leaves_the_published_files_as_they_were(after_a_run: Workplace) -> None:
    before = _bytes_of(after_a_run.latest)
    result = after_a_run.with_variables(**IMPOSSIBLE).call("run", "--resume-from", "3")
    assert result.returncode == 1
    after = _bytes_of(after_a_run.latest)
    for name in ("stage1_deterministic.json", "stage2_enrichment.json", "mrt_transit_graph.json"):
        assert after[name] == before[name]


@pytest.mark.parametrize("arguments", [["--resume-from", "2"], ["--stage", "3"]])
def test_resuming_without_a_run_names_the_file_and_the_command(
    place: Workplace, arguments: list[str]
) -> None:
    result = place.call("run", *arguments)
    assert result.returncode == 1
    _assert_one_message(result.stderr, "stage1_deterministic.json", "mrt-pipeline run")


def test_a_missing_checkpoint_is_named_and_nothing_else_is_touched(after_a_run: Workplace) -> None:
    (after_a_run.latest / "stage2_enrichment.json").unlink()
    before = _bytes_of(after_a_run.latest)
    result = after_a_run.call("run", "--stage", "3")
    assert result.returncode == 1
    _assert_one_message(
        result.stderr, "stage2_enrichment.json", "mrt-pipeline run --output-dir", "--skip-existing"
    )
    after = _bytes_of(after_a_run.latest)
    assert {name for name in before if before[name] != after.get(name)} == {"manifest.json"}


def test_a_damaged_checkpoint_is_kept_aside_and_made_again(after_a_run: Workplace) -> None:
    path = after_a_run.latest / "stage2_enrichment.json"
    before = stations_bytes(after_a_run.latest)
    path.write_bytes(path.read_bytes()[:1000])
    assert after_a_run.call("run", "--stage", "3").returncode == 1
    result = after_a_run.call("run", "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert "is damaged" in result.stderr
    [aside] = after_a_run.latest.glob("stage2_enrichment.json.damaged-*")
    assert aside.stat().st_size == 1000
    assert stations_bytes(after_a_run.latest) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stage", "4"],
        ["--resume-from", "0"],
        ["--stage", "two"],
        ["--stage", "1", "--resume-from", "2"],
        ["--as-of", "yesterday"],
        ["--no-such-flag"],
    ],
)
def test_a_command_line_that_cannot_be_carried_out_ends_with_2(
    place: Workplace, arguments: list[str]
) -> None:
    result = place.call("run", *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert not place.outputs.exists()


def test_a_write_that_fails_harms_no_older_file(after_a_run: Workplace) -> None:
    """A limit on the size of files makes the first large write fail as a full disk does."""
    before = _bytes_of(after_a_run.latest)
    limit = 200_000

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    result = after_a_run.call("run", "--resume-from", "1", preexec_fn=limit_files)
    assert result.returncode == 1
    _assert_one_message(result.stderr, "stage1_deterministic.json", "could not be written")
    after = _bytes_of(after_a_run.latest)
    assert {name for name in before if before[name] != after[name]} <= {"manifest.json"}
    assert not list(after_a_run.latest.glob(".*.mrt-tmp"))
    assert after_a_run.call("run", "--resume-from", "1").returncode == 0


@pytest.mark.parametrize("number", [None, signal.SIGTERM])
def test_a_disk_that_is_full_when_a_run_ends_does_not_hide_why_it_ends(
    place: Workplace, number: signal.Signals | None
) -> None:
    """From its first request on no file may grow, and then its source refuses, or a signal comes."""
    arrived = threading.Event()

    def refuse(request: SeenRequest) -> Reply:
        arrived.set()
        request.hang()
        return Reply(404)

    with LoopbackServer(refuse) as server:
        live = place.with_variables(
            MRT_PIPELINE__APIS__DATAGOV__MODE="live",
            MRT_PIPELINE__APIS__DATAGOV__BASE_URL=server.url,
            MRT_PIPELINE__APIS__DATAGOV__METADATA_URL=server.url,
        )
        process = live.start("run")
        assert arrived.wait(timeout=60)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        if number is None:
            server.release()
        else:
            process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == (1 if number is None else 128 + number)
    assert "Traceback" not in stderr
    assert stderr.count("manifest.json could not be written") == 1
    if number is None:
        _assert_one_message(stderr, "Error: lta-station-exits: ", "responded with status 404")


def _put_files(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def _all_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.mark.parametrize(
    "files",
    [
        {"stage3_final.json": '{"my": "thesis"}', "README.txt": "mine"},
        {"report.html": "<h1>The year in figures</h1>"},
        {"manifest.json": '{"name": "my web app"}'},
        {"exits.geojson": "{}", "run.log": "10:00 started the dishwasher\n"},
        {".lock": "4711"},
    ],
)
def test_files_of_the_user_are_never_overwritten(files: dict[str, str], place: Workplace) -> None:
    _put_files(place.folder / "mine", files)
    before = _all_of(place.folder / "mine")
    result = place.call("run", "--output-dir", "mine")
    assert result.returncode == (1 if "manifest.json" in files else 2)
    _assert_one_message(result.stderr, *(name for name in files if name != "README.txt"))
    assert "README" not in result.stderr
    remedies = ("Move it elsewhere", "Move them elsewhere", "make a new run in another folder")
    assert any(remedy in result.stderr for remedy in remedies)
    assert _all_of(place.folder / "mine") == before
    assert not place.outputs.exists()


def test_a_plan_refuses_a_folder_with_files_of_the_user_as_the_run_would(place: Workplace) -> None:
    _put_files(place.folder / "mine", {"report.html": "mine"})
    planned, run = (place.call(command, "--output-dir", "mine") for command in ("plan", "run"))
    assert (planned.returncode, planned.stderr) == (run.returncode, run.stderr)


def test_the_folder_of_a_single_version_is_looked_at_as_well(place: Workplace) -> None:
    _put_files(place.outputs / "current", {"report.html": "mine"})
    result = place.with_variables(MRT_PIPELINE__OUTPUT__VERSIONING="false").call("run")
    assert result.returncode == 2
    _assert_one_message(result.stderr, "outputs/current contains report.html")
    assert (place.outputs / "current" / "report.html").read_text() == "mine"


def test_a_folder_with_other_files_may_be_used_and_they_stay(place: Workplace) -> None:
    files = {"README.txt": "mine", "notes.json": "{}", "run.log": ""}
    _put_files(place.folder / "mine", files)
    for _ in range(2):
        result = place.call("run", "--as-of", "1990-12-20", "--output-dir", "mine")
        assert result.returncode == 0, result.stderr
    assert {name: (place.folder / "mine" / name).read_text() for name in files} == files


def test_a_folder_that_cannot_be_made_is_named(place: Workplace) -> None:
    (place.folder / "outputs").write_text("a file")
    result = place.call("run")
    assert result.returncode == 1
    _assert_one_message(result.stderr, "outputs")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_and_what_is_done_is_kept(place: Workplace, number: int, code: int) -> None:
    with _run_that_hangs(place) as process:
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in stderr
    [run] = place.runs
    manifest = load(run / "manifest.json")
    assert manifest["status"] == "interrupted"
    assert manifest["stages"]["stage1_ingestion"]["status"] == "completed"
    assert manifest["stages"]["stage2_enrichment"]["status"] == "interrupted"
    assert not place.latest.exists()
    result = place.call("run", "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert load(run / "manifest.json")["stages"]["stage1_ingestion"]["reused"]


@pytest.mark.slow
@pytest.mark.parametrize("hundredths", range(20, 100, 8))
def test_a_signal_at_any_moment_is_a_signal_and_no_bug(place: Workplace, hundredths: int) -> None:
    """Code in C passes an interruption on as an error of its own."""
    process = place.start("run")
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=hundredths / 100)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode in (0, 143, -signal.SIGTERM)  # ended before it, by it, or before we listened
    assert "bug" not in stderr
    assert "Traceback" not in stderr


def test_the_second_run_in_a_folder_says_who_holds_it(place: Workplace) -> None:
    with _run_that_hangs(place, "--output-dir", "outputs/mine") as process:
        result = place.call("run", "--output-dir", "outputs/mine")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert result.returncode == 1
    _assert_one_message(result.stderr, f"process {process.pid}")


def test_a_missing_key_is_reported_before_any_work(place: Workplace) -> None:
    live = place.with_variables(MRT_PIPELINE__APIS__DATAMALL__MODE="live")
    result = live.call("run")
    assert result.returncode == 2
    _assert_one_message(result.stderr, "LTA_ACCOUNT_KEY", "snapshot")


def test_a_resume_demands_no_key_of_a_stage_it_will_not_run(after_a_run: Workplace) -> None:
    """Stage 2 alone needs the bus data's key: refused is another configuration, not the lack of one."""
    live = after_a_run.with_variables(MRT_PIPELINE__APIS__DATAMALL__MODE="live")
    result = live.call("run", "--resume-from", "3")
    assert result.returncode == 1
    assert "apis.datamall.mode was not set and is now live" in result.stderr
    assert "LTA_ACCOUNT_KEY" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "NS13"],
        ["runs"],
        ["runs", "--json"],
        ["show", "latest"],
        ["diff", "outputs/latest", "outputs/latest"],
        ["plan"],
        ["validate", "outputs/latest"],
        ["config", "check"],
        ["config", "schema"],
        ["--help"],
    ],
)
def test_an_output_that_cannot_be_written_is_one_sentence(arguments: list[str], finished: Workplace) -> None:
    result = _call_with_full_output(finished, *arguments)
    assert result.returncode == 1
    _assert_one_message(result.stderr, "The output could not be written: the disk is full")
    assert len(result.stderr.splitlines()) == 1


def test_a_run_whose_summary_cannot_be_written_says_so_and_is_complete(after_a_run: Workplace) -> None:
    result = _call_with_full_output(after_a_run, "run", "--skip-existing")
    assert result.returncode == 0
    assert "Warning: The summary could not be written (No space left on device)" in result.stderr
    assert load(after_a_run.latest / "manifest.json")["status"] == "completed"


def _call_with_full_output(place: Workplace, *arguments: str) -> subprocess.CompletedProcess[str]:
    with Path("/dev/full").open("w") as full:
        return subprocess.run(
            place.command(*arguments),
            cwd=place.folder,
            env=place.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
