"""The tables of config.toml, each checked at the start."""
