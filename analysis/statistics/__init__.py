"""Pure functions of arrays: metrics, independence, information, ranks. Never a record, a setting or a file."""
