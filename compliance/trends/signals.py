"""What the room of trends announces."""

from django.dispatch import Signal

#: Trends crossed a line. Sent on commit. Arguments: trends (their ids), state (the state that each entered: new, back,
#: easing, resolved, or seen again after easing).
crossed = Signal()
