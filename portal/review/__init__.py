"""The account review: one document for the yearly meeting, made of all that an account and its manager may both read."""
