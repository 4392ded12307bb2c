"""The pipeline under orchestrators by others; each module needs the extra of its name."""
