"""What the room of risk announces."""

from django.dispatch import Signal

#: Another model is in force, and every score is to be computed anew. Sent on commit. Arguments: model.
activated = Signal()

#: A backtest was asked for. Sent on commit. Arguments: work (its id, as text).
backtest_asked = Signal()
