from django.dispatch import Signal

#: A person entered what happened to a bond. Sent inside the transaction. Arguments: bond, account (the principal's id).
stepped = Signal()
