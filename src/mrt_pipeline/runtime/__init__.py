"""Everything that touches the outside world: files, network, clock, log. Layers above get it passed in."""
