"""Results as keyed values: formatted, looked up, compared, traced to their source. It never renders anything."""
