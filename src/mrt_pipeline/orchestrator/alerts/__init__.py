"""Tell someone that a run needs them, or that it went well again.

A channel that fails or hangs never fails the run: it is reported on the console, in the log and in
``alerts.json``. URLs of channels hold secrets. They come from the environment, go to a process of their own
through a pipe, and appear nowhere else; nothing that this process, or a server, says is passed on.

A run calls ``alerting``; ``occasions`` finds what there is to tell, ``message`` words it, ``channels`` passes
it on to ``apprise_process``. All but the first are imported when there is an alert to
make: most runs have nothing to tell.
"""

ALERTS_NAME = "alerts.json"
