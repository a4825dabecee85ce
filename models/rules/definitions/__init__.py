"""A school's YAML: what it may say, read and checked at start-up. No Flask, no SQL."""
