"""Checks of the dataset, in three groups that the configuration enables separately.

``schema``        the file reads back as what was written, and every value has evidence
``completeness``  the exact stations, codes, lines and exits for the date, how many values there are, and
their age
``sanity``        positions, identities and evidence that contradict each other or the network

A check never raises: it returns findings, and their severity decides whether the dataset is published.
"""

from mrt_pipeline.stages.checks.completeness import check_completeness, check_features
from mrt_pipeline.stages.checks.freshness import check_freshness
from mrt_pipeline.stages.checks.sanity import check_sanity
from mrt_pipeline.stages.checks.schema import check_schema

__all__ = ["check_completeness", "check_features", "check_freshness", "check_sanity", "check_schema"]
