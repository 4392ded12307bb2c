"""The dataset in formats for other programs.

One format per file: a function from dataset to bytes, and an ``EXPORT`` that describes the format. Another
package adds a format with an entry point of the group ``mrt_pipeline.exporters`` that refers to its
``EXPORT``.
"""
