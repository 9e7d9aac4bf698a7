"""Pages that draw on several rooms: first pages, accounts, search."""
