"""Syntax trees to a typed program: symbols, shapes, derivatives; evaluates nothing."""
