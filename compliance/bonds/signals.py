from django.dispatch import Signal

#: A person entered what happened to a bond, or that bills are overdue. Sent inside the transaction. Argument: account (the
#: principal's id).
stepped = Signal()
