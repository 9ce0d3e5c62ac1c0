"""gofixer: finds Go code that pays the runtime for nothing, rewrites it, proves it, and hands over a diff."""
