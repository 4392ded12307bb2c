"""From public sources to one verified dataset of Singapore's MRT and LRT stations and exits."""

__all__ = ["__version__"]

__version__ = "2.0.0"
