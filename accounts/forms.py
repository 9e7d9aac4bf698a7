from django import forms


class TokenForm(forms.Form):
    """What a new token is for: the only thing by which its person tells it from the others later."""

    name = forms.CharField(
        label="What it is for",
        max_length=60,
        help_text="For example: nightly download of entries",
        error_messages={"required": "Say what the token is for."},
    )
