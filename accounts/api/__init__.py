"""What every list of the API stands on: who asks, in pages through an index, with filters that are known or refused.

Each room below brings its own `api.py`; portal/api.py puts them together.
"""
