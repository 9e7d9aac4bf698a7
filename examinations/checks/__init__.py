"""Checks that an auditor would run on an account's lines: each one function, and what they found, kept by a task."""
