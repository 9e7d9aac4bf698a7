from django import forms
from django.core.exceptions import ValidationError


def put_errors(form: forms.BaseForm, refused: ValidationError) -> None:
    """Put a verb's refusal beside the fields that it names; what names none of the form's stands above the form."""
    if hasattr(refused, "error_dict"):
        for name, errors in refused.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, refused)
