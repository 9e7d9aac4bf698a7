"""What the queue of mails asks the rooms below it."""

from django.dispatch import Signal

#: A round of sending begins. Whoever queued what has been overtaken since, such as a reminder whose last day is another
#: one by now, stops it here (`notifications.queue.stop_all`), in few statements: rounds are many.
about_to_send = Signal()
