"""What touches the world: files, network, clock, log. Everything above gets it passed in."""
