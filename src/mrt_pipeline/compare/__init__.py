"""What changed from one dataset to another, and what was lost."""
