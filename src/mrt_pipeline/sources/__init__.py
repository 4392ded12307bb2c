"""One publisher's dataset per file: ``fetch_`` gets bytes, ``parse_`` turns them into records and is pure."""
