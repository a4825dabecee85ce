"""What every page stands on: drawing it, guarding it, and what is said when it fails."""
