"""The two tables: validated columns, split, encoding, anomalies, the simulator. Never a model or a result."""
