"""One folder per publisher: ``fetch_`` functions get bytes; ``parse_`` functions are pure, return records."""
