"""What is true: definitions, rules and rows. No HTML, no HTTP."""
