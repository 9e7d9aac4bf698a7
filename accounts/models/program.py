import pghistory
from django.db import models

from accounts.models.account import Account


@pghistory.track()
class Enrollment(models.Model):
    """An account takes part in a program: ACE, CTPAT (with its tier), ISA (now CTPAT Trade Compliance)."""

    class Program(models.TextChoices):
        ACE = "ACE", "ACE"
        CTPAT = "CTPAT", "CTPAT"
        ISA = "ISA", "ISA (CTPAT Trade Compliance)"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="enrollments")
    program = models.CharField(max_length=8, choices=Program)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["program"]
        constraints = [
            models.UniqueConstraint(fields=["account", "program"], name="enrollment_once"),
            models.CheckConstraint(
                condition=models.Q(tier=None) | models.Q(program="CTPAT", tier__range=(1, 3)), name="tier_of_ctpat"
            ),
        ]

    def __str__(self) -> str:
        return self.get_program_display() + (f", tier {self.tier}" if self.tier else "")
