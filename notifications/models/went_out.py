from django.db import models


class WentOut(models.Model):
    """A mail that went out, until its delivery says so (notifications/gone.py). Senders alone read and write it."""

    delivery = models.BigIntegerField("number of the delivery", primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "mails that went out"

    def __str__(self) -> str:
        return str(self.delivery)
