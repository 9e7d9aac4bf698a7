from django.db import models


class Center(models.Model):
    """A Center of Excellence and Expertise: one per importer account (19 CFR 101.10); brokers have none."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=80)
    city = models.CharField(max_length=60)
    time_zone = models.CharField(max_length=40, default="America/New_York")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
