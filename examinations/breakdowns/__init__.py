"""Sums by dimension and month: port, entry type, chapter, heading, origin, supplier; examinations by type and reason."""
