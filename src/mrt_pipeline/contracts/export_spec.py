"""What the rest of the program needs to know of an output format: ``ExportSpec``, said once in its file."""

from collections.abc import Callable
from dataclasses import dataclass

from mrt_pipeline.contracts.outputs import Stage3Output


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpec:
    """One output format: the file it goes into, and how its bytes are made."""

    name: str
    """entry of ``output.formats``"""
    file_name: str
    render: Callable[[Stage3Output], bytes]
    is_default: bool = False
    """whether the default list of formats names it"""
