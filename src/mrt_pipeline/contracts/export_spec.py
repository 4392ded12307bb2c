"""``ExportSpec``: everything the rest of the program needs to know about an output format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mrt_pipeline.contracts.outputs import Stage3Output

Render = Callable[[Stage3Output], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpec:
    """One output format: its file, and how its content is made."""

    name: str
    """entry of ``output.formats``"""
    file_name: str
    render: Render
    title: str = ""
    """description of the file for people who choose a download"""
    media_type: str = ""
    """of the file, if ``releasing/contents.py`` does not know the extension"""
    beside: Mapping[str, Render] = field(default_factory=dict)
    """functions that make accompanying files, for what the format cannot hold, e.g. licences"""
    is_default: bool = False
    """whether the format is in the default list"""
    needs: str = ""
    """package required to write it, if not a dependency of this program"""
    install: str = ""
    """what to install with pip to get that package"""

    @property
    def files(self) -> dict[str, Render]:
        """Return the function that makes each of its files, by file name."""
        return {self.file_name: self.render, **self.beside}
