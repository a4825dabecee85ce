"""What the administrator keeps: the school's units, its people, and what each of them may do."""
