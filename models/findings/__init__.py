"""What somebody came across: accounts that are not on file, and what follows for a unit."""
