"""Derivations that are executed as printed."""
