"""The machine: the environment, the embedded PostgreSQL and Valkey, and the processes of `make run`.

Knows nothing of Django. What runs before the environment exists uses the standard library alone.
"""
