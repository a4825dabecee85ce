"""Files that take their time: watched while they are made, and fetched."""
