"""Build one verified dataset of Singapore's MRT and LRT stations and exits from public sources.

``load`` reads a dataset, ``run`` makes one (docs/python.md). Importing this package loads nothing: its names
are those listed in ``mrt_pipeline.public``, and are imported from there on first use.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mrt_pipeline.public import *  # noqa: F403 # lets type checkers see the names
    from mrt_pipeline.public import __all__ as __all__

__version__ = "2.0.0"


def __getattr__(name: str) -> object:
    if name == "__all__":
        return _offered()
    if name.startswith("_") or _is_submodule(name) or name not in _offered():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mrt_pipeline import public

    return globals().setdefault(name, getattr(public, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *_offered()})


def _offered() -> list[str]:
    from mrt_pipeline import public

    return [*public.__all__, "__version__"]


def _is_submodule(name: str) -> bool:
    """Return whether a name is requested by an import of a submodule, which needs no other part."""
    from importlib.util import find_spec

    return find_spec(f"{__name__}.{name}") is not None
