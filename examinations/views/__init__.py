"""Pages about what happened: each module one page or one row."""
