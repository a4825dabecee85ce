"""Accounts and groups: one row each, for its whole life."""
