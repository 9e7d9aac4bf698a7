"""Django's SMTP backend behind one question: may mail leave from this installation?

Everything that mails goes through it, the sign-in's own mails included.
"""

import logging

from django.core.mail.backends.smtp import EmailBackend

from notifications import home

logger = logging.getLogger("portal.notifications")


class FromHere(EmailBackend):
    """Sends over SMTP; in a restored copy it opens no connection, and says so in the log."""

    def open(self) -> bool | None:
        """Open a connection where mail may leave from here; None where it may not, and then nothing is sent."""
        if not self.connection:
            objection = home.objection()
            if objection:
                logger.error(objection)
                return None
        return super().open()
