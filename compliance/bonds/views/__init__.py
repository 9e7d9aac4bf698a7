"""The pages of bonds."""
