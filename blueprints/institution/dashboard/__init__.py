"""统计: drawn and tabled."""
