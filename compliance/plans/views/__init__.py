"""The pages of improvement plans, below an account."""
