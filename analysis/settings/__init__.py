"""What report.toml may hold: schema, cross-checks, loading. Never what a study does with a value."""
