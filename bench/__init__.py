"""How fast it is: `make bench` measures what docs/decisions/0004 and 0006 promise."""
