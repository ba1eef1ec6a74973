"""Values that satisfy what the text assumes: the domains, the equations and bounds, and where sides may meet."""
