"""Tell someone that a run needs them, or that it went well again.

A channel that fails or hangs never fails the run: it is reported on the console, in the log and in
``alerts.json``. URLs of channels hold secrets. They come from the environment, go to a process of their own
through a pipe, and appear nowhere else; nothing that this process, or a server, says is passed on.
"""

from mrt_pipeline.runtime.alerts.channels import ALERTS_NAME, Outlets, missing_urls, send_alert
from mrt_pipeline.runtime.alerts.message import Alert, Trigger

__all__ = ["ALERTS_NAME", "Alert", "Outlets", "Trigger", "missing_urls", "send_alert"]
