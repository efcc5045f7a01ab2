"""Is it right: calling a function, comparing values, requirements, reports."""
