"""What the room of effect announces."""

from django.dispatch import Signal

#: Headquarters wants every study computed now. Sent on commit. Arguments: run (its id).
studies_asked = Signal()
