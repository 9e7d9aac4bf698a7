"""What the room of measurement announces."""

from django.dispatch import Signal

#: A plan is to be counted or drawn. Sent on commit. Arguments: work (its id, as text).
work_asked = Signal()
