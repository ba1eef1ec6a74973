"""Whole reports that are not the first one: their folders, and the tests that build them."""
