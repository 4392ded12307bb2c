"""``report.html``: a run as one page that opens offline, for the person who reviews it."""

from mrt_pipeline.report.page import REPORT_FILE, hash_of, load_style, read_checklist, render_report

__all__ = ["REPORT_FILE", "hash_of", "load_style", "read_checklist", "render_report"]
