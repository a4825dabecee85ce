"""What people are told and say to each other: notices, mail, messages, saved replies."""
