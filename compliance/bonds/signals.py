from django.dispatch import Signal

#: A person entered what happened to a bond, or that bills are overdue. Sent inside the transaction. Argument: account (the
#: principal's id).
stepped = Signal()
#: The year ahead of every bond was reckoned anew, with all changes of duty that were announced by then. Sent when it is
#: committed.
looked_ahead = Signal()
