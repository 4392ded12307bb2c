"""Ingest, enrich, merge and check: thin shells around pure functions that share only contracts."""
