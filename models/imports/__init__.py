"""Excel back in: a file becomes sheets, sheets become lines, lines are judged, then confirmed."""
