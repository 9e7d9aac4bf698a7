"""Pages of what one was told, and of how one is told."""
