"""备案工作: a window in which every unit answers for its channels, and each unit's report."""
