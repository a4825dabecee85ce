"""台账: what is asked of the channels in force, and what happens to one between its papers."""
