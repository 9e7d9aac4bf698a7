"""Figures of peers: fixed groups, a median, and where one stands; never anything of another account."""
