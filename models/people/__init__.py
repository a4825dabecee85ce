"""Who: units in a tree, people, what each may do where, and who signs for an absent head."""
