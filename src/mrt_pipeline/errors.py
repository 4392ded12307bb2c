"""Everything this package raises on purpose.

    MrtPipelineError
    ├── ConfigError              the configuration file or environment is wrong        exit code 2
    │   └── CredentialError      a source in use needs a secret that is not set        exit code 2
    ├── UsageError               a command or call that cannot be carried out          exit code 2
    ├── SourceError              a publisher's answer could not be obtained or read
    │   ├── FetchError           no usable answer (network, HTTP status, size, time)
    │   │   └── BlockedError     the publisher refuses this client (403)
    │   ├── SourceFormatError    an answer came, but not in the documented shape
    │   └── SourceGapError       a source returned nothing for some stations, and nobody accepted that
    ├── ExtractionError          text could not be turned into claims
    │   └── ModelCallError       the language model gave no usable answer
    ├── StageError               a stage could not do its work
    │   ├── StageInputError      its input is missing or unfit
    │   └── StageOutputError     its result failed its own validation
    ├── WorkersError             processes that read pages were lost, or run another version
    ├── CheckpointError          a saved stage result cannot be used
    │   ├── MissingCheckpointError
    │   ├── CorruptCheckpointError
    │   ├── UnrecordedCheckpointError  intact, but the attempt that made it ended before recording it
    │   └── StaleCheckpointError made from other config or inputs
    ├── GateError                the dataset must not be published as it is
    ├── ReleaseError             a run must not be released, or a release cannot be used
    ├── StorageError             a file of the run could not be written or read
    │   └── SecretFoundError     it was not written, because it holds a secret
    ├── RunLockedError           another process is working in the same run folder
    ├── RunInterrupted           a signal asked the run to stop                        exit code 130 / 143
    ├── OutOfMemoryError         this process is not allowed the memory that it needs
    └── InternalError            a bug in this package, not the caller's fault

Messages say what was found, what was expected and what to do, in one sentence each.
A class is a decision a caller makes; ``retryable`` says whether the same call may succeed later.
No message contains a secret known to this process, whatever it quotes.
"""

from __future__ import annotations

from pathlib import Path
from signal import SIGINT, Signals

from mrt_pipeline.secrecy import SECRETS

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
"""by Ctrl-C, as in shells"""


class MrtPipelineError(Exception):
    """Base of every error raised on purpose."""

    exit_code: int = EXIT_FAILURE
    retryable: bool = False
    names_command: bool = False
    """whether the message itself names the command to continue with"""
    go_on_with: str | None = None
    """the command that resumes the run that the error ended"""

    def __init__(self, message: str = "") -> None:
        super().__init__(SECRETS.redact(message))


class ConfigError(MrtPipelineError):
    """The configuration is wrong; ``faults`` lists every fault found, one sentence each."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join([message, *(f"  - {fault}" for fault in faults)]))
        self.faults = tuple(map(SECRETS.redact, faults))


class CredentialError(ConfigError):
    """A source in use needs a secret that is not in the environment."""


class UsageError(MrtPipelineError):
    """The command line, or a call from Python, asks for something that cannot be done."""

    exit_code = EXIT_USAGE


class SourceError(MrtPipelineError):
    """A publisher's answer could not be obtained or read."""

    def __init__(
        self, source_id: str, message: str, *, retryable: bool = False, names_way_out: bool = False
    ) -> None:
        super().__init__(f"{source_id}: {message}")
        self.source_id = source_id
        self.names_way_out = names_way_out
        """whether the message itself says how to do without the live source"""
        self.retryable = retryable

    def advise(self, advice: str) -> None:
        """Add advice to the message, from the caller that knows the run."""
        self.args = (SECRETS.redact(f"{str(self).rstrip('.')}. {advice}"),)


class FetchError(SourceError):
    """No usable answer came: network, status, size or time."""

    def __init__(
        self,
        source_id: str,
        message: str,
        *,
        retryable: bool = False,
        names_way_out: bool = False,
        status: int | None = None,
        retry_after_s: float | None = None,
        timed_out: bool = False,
    ) -> None:
        super().__init__(source_id, message, retryable=retryable, names_way_out=names_way_out)
        self.status = status
        self.retry_after_s = retry_after_s
        self.timed_out = timed_out


class BlockedError(FetchError):
    """The publisher refuses this client (HTTP 403)."""


class SourceFormatError(SourceError):
    """An answer came, but not in the shape the publisher documents."""


class SourceGapError(SourceError):
    """Sources returned nothing for some stations; ``reasons`` says which and why, one sentence each."""

    names_command = True

    def __init__(self, source_id: str, message: str, reasons: tuple[str, ...]) -> None:
        super().__init__(
            source_id, "\n".join([message, *(f"  - {reason}" for reason in reasons)]), retryable=True
        )
        self.reasons = tuple(map(SECRETS.redact, reasons))


class ExtractionError(MrtPipelineError):
    """A text could not be turned into claims."""


class ModelCallError(ExtractionError):
    """The language model gave no usable answer.

    ``fatal`` means that every other station will fail too (bad key, no credits, retired model).
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        fatal: bool = False,
        status: int | None = None,
        retry_after_s: float | None = None,
        timed_out: bool = False,
    ) -> None:
        super().__init__(message)
        self.timed_out = timed_out
        self.retryable = retryable
        self.fatal = fatal
        self.status = status
        self.retry_after_s = retry_after_s


class StageError(MrtPipelineError):
    """A stage could not do its work."""

    def __init__(self, stage_name: str, message: str) -> None:
        super().__init__(f"{stage_name}: {message}")
        self.stage_name = stage_name


class StageInputError(StageError):
    """The stage's input is missing or unfit."""


class StageOutputError(StageError):
    """The stage's result failed its own validation."""


class WorkersError(MrtPipelineError):
    """The processes that read pages cannot be reached, were lost, or run other code."""


class CheckpointError(MrtPipelineError):
    """A saved stage result cannot be used."""

    names_command = True

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path} {message}")
        self.path = path


class MissingCheckpointError(CheckpointError):
    """The checkpoint file is missing."""


class CorruptCheckpointError(CheckpointError):
    """The checkpoint file is damaged or is not one of ours."""


class UnrecordedCheckpointError(CheckpointError):
    """The checkpoint file is intact, but its attempt ended before the manifest recorded it."""


class StaleCheckpointError(CheckpointError):
    """The checkpoint was made from another configuration or other inputs than this run's."""


class GateError(MrtPipelineError):
    """The dataset must not be published as it is; ``reasons`` says why, one sentence each."""

    names_command = True

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join([message, *(f"  - {reason}" for reason in reasons)]))
        self.reasons = tuple(map(SECRETS.redact, reasons))


class ReleaseError(MrtPipelineError):
    """A run must not be approved or released in its state, or a release cannot be used."""

    names_command = True


class StorageError(MrtPipelineError):
    """A file of the run could not be written or read (disk full, no permission, …)."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path} {message}")
        self.path = path


class SecretFoundError(StorageError):
    """A file or row was not written, because it holds a secret; ``secret`` names it, e.g. by its variable."""

    def __init__(self, path: Path, secret: str) -> None:
        super().__init__(
            path,
            f"was not written, because the value of {secret} would be in it. Replace that secret with a new "
            "one that no text contains by chance.",
        )
        self.secret = secret


class RunLockedError(MrtPipelineError):
    """Another process is working in the same folder."""


class RunInterrupted(MrtPipelineError):  # noqa: N818 - a request is not an error
    """A signal asked the run to stop; progress saved."""

    def __init__(self, signal_number: int) -> None:
        how = "Ctrl-C (SIGINT)" if signal_number == SIGINT else Signals(signal_number).name
        super().__init__(f"Interrupted by {how}; progress saved.")
        self.exit_code = 128 + signal_number


class OutOfMemoryError(MrtPipelineError):
    """This process is not allowed the memory that it needs."""

    def __init__(
        self, found: str = "The system refused this process more memory", needed_mib: int = 512
    ) -> None:
        super().__init__(
            f"{found}; expected room for {needed_mib} MiB. Raise the limit of its container or of ulimit, or "
            "end other programs; then run again."
        )


class InternalError(MrtPipelineError):
    """A bug in this package, not the caller's fault."""
