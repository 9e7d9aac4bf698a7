"""What the room of inquiries announces to the rooms below it, and within itself. Sent inside the transaction."""

from django.dispatch import Signal

#: CBP answered an inquiry. Arguments: inquiry, message.
answered = Signal()
