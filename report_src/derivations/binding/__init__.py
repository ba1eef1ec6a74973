"""A derivation's formulas on a study's real arrays; trains nothing and reads arrays only from files."""
