"""Types of a program: symbols, shapes, scopes, claims, derivatives; evaluates nothing."""
