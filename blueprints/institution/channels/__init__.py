"""台账 and the page of one channel."""
