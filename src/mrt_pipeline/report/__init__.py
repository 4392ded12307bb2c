"""What a person sees of runs and datasets: history, what changed, why a value is there, the report."""
