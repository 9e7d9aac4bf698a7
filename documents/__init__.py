"""Files kept: their kind by content, their size, a scan, and who may open them."""
