"""What the room of accounts announces to the rooms below it."""

from django.dispatch import Signal

#: Identifiers changed owner. Sent inside the transaction, so that rows move with them or not at all.
#: Arguments: moves, a list of accounts.models.identifier.Move.
identifiers_moved = Signal()

#: Somebody asks what would go along with an identifier, before it changes owner. Whoever keeps rows by it answers with
#: a list of phrases, each a number and what it counts. Arguments: identifier, an accounts.models.Identifier.
asked_what_moves = Signal()

#: A person's membership ended (sender Membership; argument: membership), or an account manager handed everything over
#: (sender Person; arguments: person, successors: a person for each account's id, first: who takes what belongs to no
#: account, on: from which day, by). Sent inside the transaction: what is kept for who left goes with it, or nothing does.
left = Signal()

#: A person became a member of an account and should hear how to sign in. Sent inside the transaction: a process
#: that dies at its end must leave no member who hears of nothing.
#: Arguments: membership.
invited = Signal()

#: An account's administrator invited a person, or sends the invitation again. Sent inside the transaction.
#: Arguments: invitation.
invitation_made = Signal()
