"""Telling: a message, and for each person it is for one row that is claimed, sent and settled; knows nothing of trade."""
