"""All dates that bind an account, out of every room, in one calendar."""
