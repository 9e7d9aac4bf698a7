"""Speeds against a named opponent, both in the same run. python -m benchmarks.NAME; `make bench` runs all.

Each prints a table and then one line of JSON: name, ratio (our speed over the opponent's: above 1, faster),
ours, theirs, unit.
"""
