"""How files come in: read, checked, and made into rows, all of a file or nothing of it."""
