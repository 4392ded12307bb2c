"""Alert someone when a run needs attention, or succeeds again after failures.

A channel that fails or hangs never fails the run: it is reported on the console, in the log and in
``alerts.json``. URLs of channels hold secrets. They come from the environment, are passed to a separate
process through a pipe, and appear nowhere else; no output of that process or of a server is passed on.

A run calls ``alerting``; ``run_alerts`` decides what to report, ``message`` words it, ``channels`` passes it
to ``apprise_process``. All but the first are imported only when there is an alert, since most runs have none.
"""

ALERTS_NAME = "alerts.json"
