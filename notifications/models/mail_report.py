from django.db import models
from django.utils import timezone


class MailReport(models.Model):
    """What the mail provider reported of one mail, as it came; a worker takes it in (notifications/reports.py)."""

    key = models.CharField("names the report, so that the same counts once", max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    recipient = models.CharField(max_length=320, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    delivery = models.CharField("number of the delivery, as we gave it along", max_length=20, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["id"], name="mail_report_new", condition=models.Q(taken_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
