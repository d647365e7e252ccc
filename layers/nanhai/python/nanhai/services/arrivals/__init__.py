"""Arrivals and returns: told by the person, or entered by an office from a sheet, row by row."""
