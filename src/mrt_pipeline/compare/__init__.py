"""The changes from one dataset to another, and the losses."""
