"""待办: what waits for a person, gathered from all rooms."""
