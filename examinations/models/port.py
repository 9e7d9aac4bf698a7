from django.db import models


class Port(models.Model):
    """A port of entry, district and port (DDPP). Unknown codes of the right form are loaded all the same."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60)
    seaport_only = models.BooleanField(
        "takes vessels only", default=False, help_text="Harbor fees are estimated here even without a mode."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
