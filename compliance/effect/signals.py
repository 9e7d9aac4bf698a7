"""What the room of effect announces."""

from django.dispatch import Signal

#: Headquarters wants every study computed now. Sent on commit. Arguments: work (the run's id, as text).
studies_asked = Signal()
