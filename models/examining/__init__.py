"""Looks into files that people hand in, in a process apart: `pool` is ours, `examiner` the other's side."""
