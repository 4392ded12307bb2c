"""Stage 2 in parts: the sources of what hangs on an exit, and the engine that runs and merges them."""
