"""Rules alone: what holds whatever is in the database. No Flask, no SQL."""
