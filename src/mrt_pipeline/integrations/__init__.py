"""The pipeline under other orchestrators; each module needs the extra of the same name."""
