"""One's own API tokens: made, seen once, revoked."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import TokenForm
from accounts.guards import allow
from accounts.models import ApiToken
from accounts.models.token import lifetime


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow()
def token_list(request: HttpRequest) -> HttpResponse:
    """The person's tokens; a POST makes one, whose text stands in the answer to it and nowhere else."""
    form, text = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _, text = ApiToken.objects.issue(request.user, form.cleaned_data["name"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            form = TokenForm()
    tokens = list(ApiToken.objects.filter(user=request.user))
    context = {
        "form": form,
        "text": text,
        "tokens": tokens,
        "count": sum(1 for token in tokens if token.counts),
        "days": lifetime(),
        "address": request.build_absolute_uri("/api/v1/examinations/"),
    }
    return render(request, "accounts/tokens.html", context)


@require_POST
@allow()
def token_revoke(request: HttpRequest, token_id: uuid.UUID) -> HttpResponse:
    """End one of one's own tokens at once."""
    token = ApiToken.objects.filter(user=request.user, pk=token_id).first()
    if token is None:
        raise Http404
    name = token.name
    token.revoke(by=request.user)
    messages.success(request, f"Revoked: {name}. The next call with it is refused.")
    return redirect("tokens")
