"""``report.html``: a run as one page that opens offline, for the person who vets it."""

from mrt_pipeline.report.page import REPORT_FILE, render_report

__all__ = ["REPORT_FILE", "render_report"]
