"""Django's SMTP backend behind one question: may mail leave from this installation?

Everything that mails goes through it, the sign-in's own mails included.
"""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from notifications import home

logger = logging.getLogger("portal.notifications")


class FromHere(EmailBackend):
    """Sends over SMTP; in a restored copy it sends nothing, and says so in the log."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not self.connection:
            objection = home.objection()
            if objection:
                logger.error(objection)
                return 0
        return super().send_messages(email_messages) or 0
