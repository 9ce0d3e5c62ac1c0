"""Reports as text: pure functions from a `gofixer.engine.model.Report`, with no I/O of their own."""
