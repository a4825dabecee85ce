"""Filings as pages: begun, written, handed in, read, printed."""
