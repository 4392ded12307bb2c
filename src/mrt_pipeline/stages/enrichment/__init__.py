"""Stage 2 in parts: the sources of what belongs to an exit, and the engine that runs and merges them."""
