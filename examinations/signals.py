"""What the room of examinations announces to the rooms below it."""

from django.dispatch import Signal

#: A file was loaded. Sent on commit. Arguments: kind, accounts (ids of the accounts touched), load.
loaded = Signal()
