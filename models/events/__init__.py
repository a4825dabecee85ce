"""What happened, for ever: the chained history, which the database itself keeps append-only."""
