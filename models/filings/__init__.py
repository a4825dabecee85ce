"""Filings: one paper about one channel, from its draft to its place in the register."""
