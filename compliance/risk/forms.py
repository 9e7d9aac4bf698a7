"""What headquarters writes: the weights of a draft."""

from django import forms

from compliance.risk.factors import OTHERS
from compliance.risk.models import RiskModel

WEIGHTS = ("loss_points", *(f"{name}_points" for name in OTHERS))
BANDS = ("moderate_from", "high_from")
SCALES = ("duty_low", "duty_high", "rate_low", "rate_high", "severity_low", "severity_high")
USUAL = ("severity_prior", "severity_weight")


class ModelForm(forms.ModelForm):
    """Weights in points, bands, and, folded away, the scales of expected loss."""

    class Meta:
        model = RiskModel
        fields = ["note", *WEIGHTS, *BANDS, *SCALES, *USUAL]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["loss_points"].help_text = "66.67 to 100: duty at stake, likelihood and severity together."
        self.fields["rate_low"].help_text = "A share: 0.01 is 1 %."
        self.fields["severity_prior"].help_text = "As a multiple of a line’s duty."
        for name in WEIGHTS[1:]:
            self.fields[name].label = self.fields[name].label.capitalize()

    def weights(self) -> list[forms.BoundField]:
        return [self[name] for name in WEIGHTS]

    def bands(self) -> list[forms.BoundField]:
        return [self[name] for name in BANDS]

    def scales(self) -> list[forms.BoundField]:
        return [self[name] for name in (*SCALES, *USUAL)]

    def _post_clean(self) -> None:
        """The verbs of the model validate it whole; here the fields alone, so that an error stands at its field."""


class BacktestForm(forms.Form):
    as_of = forms.DateField(label="Score as known on", help_text="MM/DD/YYYY, some months back.")
    until = forms.DateField(label="Reviews selected until", required=False, help_text="MM/DD/YYYY. Empty: today.")
