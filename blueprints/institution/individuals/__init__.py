"""People without a unit: filed for by the office, or by a link of their own."""
