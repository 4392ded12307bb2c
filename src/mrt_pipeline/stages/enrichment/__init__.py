"""The parts of stage 2: the sources of an exit's values, and the engine that runs and merges them."""
