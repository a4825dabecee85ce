"""How fast the paper is: `make bench` measures what docs/decisions/0004 promises."""
