"""What a concept looks like as rows: shown, filtered, sorted, read back, exported."""
