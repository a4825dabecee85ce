"""Signed-in sessions, and how often somebody may guess."""
