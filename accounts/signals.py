"""What the room of accounts announces to the rooms below it."""

from django.dispatch import Signal

#: Identifiers changed owner. Sent inside the transaction, so that rows move with them or not at all.
#: Arguments: moves, a list of accounts.models.identifier.Move.
identifiers_moved = Signal()

#: A person's membership ended. Sent inside the transaction: tokens, delegations, feeds go with it.
#: Arguments: membership.
left = Signal()

#: A person became a member of an account and should hear how to sign in. Sent inside the transaction: a process
#: that dies at its end must leave no member who hears of nothing.
#: Arguments: membership.
invited = Signal()
