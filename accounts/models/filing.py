from django.db import models

from accounts.models.account import Account


class FilingRelation(models.Model):
    """A broker filed entries of an importer, first and last on these entry dates. Kept by the loader.

    It says whose name a broker and its client may read; it opens no row of either.
    """

    importer = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="filed_by")
    broker = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="filed_for")
    first_filed = models.DateField()
    last_filed = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["importer", "broker"], name="filing_relation_once")]

    def __str__(self) -> str:
        return f"{self.broker} filed for {self.importer}"
