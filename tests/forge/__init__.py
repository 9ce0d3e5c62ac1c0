"""A forge for tests, owned by this project: see `forge.server`."""
