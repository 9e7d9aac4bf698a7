"""How well: a package of apps, each with its own models, in the order measurement, bonds, trends, plans, controls, programs, risk, selection, effect."""
