from django.db import models
from django.db.models import Q


class MailHome(models.Model):
    """The one installation that may send this database's mail: a restored copy stands elsewhere, and is silent."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    address = models.CharField(max_length=255)
    database = models.CharField(max_length=60)
    since = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="mail_home_is_one")]

    def __str__(self) -> str:
        return self.address
