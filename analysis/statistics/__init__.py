"""Functions of arrays: metrics, intervals, independence, information, ranks. Never a record, a setting or a file."""
