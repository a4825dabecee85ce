"""Whether what happened is still what was written down: the chain, its seals, and its replaying."""
