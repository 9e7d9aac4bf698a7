"""What the room of selection announces."""

from django.dispatch import Signal

#: A round is to be opened by a worker. Sent on commit. Arguments: work (the opening's id, as text).
opening_asked = Signal()
