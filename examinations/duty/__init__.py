"""Duty, by program: which program a tariff row belongs to, and sums by month."""
