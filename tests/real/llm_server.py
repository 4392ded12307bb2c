"""llama.cpp's own OpenAI-compatible server for one model file; ``llm.py`` runs it in a separate environment.

Prints the port it took and serves until its standard input closes, so that it cannot outlive its parent.
"""

from __future__ import annotations

import os
import sys

import xllamacpp  # type: ignore[import-not-found]  # in the environment that llm.py makes, not in ours

CONTEXT_TOKENS = 8192
PARALLEL = 2
THREADS = 1
"""with two threads on two cores, llama.cpp's spinning threads are very slow as soon as anything else runs"""


def main(model_file: str, alias: str) -> None:
    """Serve a model file on a free port of the loopback interface."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model_file
    parameters.model_alias = {alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = CONTEXT_TOKENS * PARALLEL
    parameters.n_parallel = PARALLEL
    parameters.n_gpu_layers = 0
    parameters.cpuparams.n_threads = THREADS
    parameters.cpuparams_batch.n_threads = THREADS
    parameters.use_jinja = True
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # the server's own threads do not end when asked


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
