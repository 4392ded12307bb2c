"""The dataset in the formats that others read.

One format per file: a function from dataset to bytes, and an ``EXPORT`` that says what it is called. Another
package adds a format by an entry point of the group ``mrt_pipeline.exporters`` that leads to its ``EXPORT``.
"""
