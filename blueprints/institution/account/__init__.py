"""What a person looks after for themselves: settings, sign-ins, notices, substitutes."""
