"""What the administrator changes about units and people, each with its event."""
