"""Ingest, enrich, merge and check: short shells around pure functions that meet only through contracts."""
