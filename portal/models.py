from django.db import models


class Heartbeat(models.Model):
    """When the scheduler last reached a worker: a scheduler that dies silently turns the health page red."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
