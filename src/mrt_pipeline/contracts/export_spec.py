"""``ExportSpec``: everything the rest of the program needs to know about an output format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mrt_pipeline.contracts.outputs import Stage3Output

Render = Callable[[Stage3Output], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpec:
    """One output format: its file, and how its bytes are made."""

    name: str
    """entry of ``output.formats``"""
    file_name: str
    render: Render
    title: str = ""
    """what the file is, for people who choose among downloads"""
    media_type: str = ""
    """of the file, if ``releasing/contents.py`` does not know its extension"""
    beside: Mapping[str, Render] = field(default_factory=dict)
    """other files that are written with it, and how: for what the format cannot hold, e.g. licences"""
    is_default: bool = False
    """whether the default list of formats names it"""
    needs: str = ""
    """the package that it is written with, if that is not installed with this program"""
    install: str = ""
    """what to install with pip to get that package"""

    @property
    def files(self) -> dict[str, Render]:
        """Return how each of its files is made, by name."""
        return {self.file_name: self.render, **self.beside}
