"""A pivot over an account's examinations: what to count, by what, against what; each cell leads to its rows."""
