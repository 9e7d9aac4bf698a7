"""Secret addresses for calendar programs: made and revoked on the page of dates, read without signing in."""

import datetime
import hashlib

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.current import of_account
from accounts.guards import allow, public
from accounts.models import Account, Person
from accounts.scope import acting_for
from notifications.models import Feed
from portal.dates.ical import ical_of
from portal.dates.sources import dates_that_bind

#: What stands in the file: the windows of entries lie within it.
AHEAD = datetime.timedelta(days=183)
#: Calendar programs ask every few hours; whoever asks more often than each minute is asked to wait.
MOST_AN_HOUR = 60
HOUR = 3600


@require_POST
@never_cache
@allow(Person.Role.MEMBER)
@of_account
def make_feed(request: HttpRequest, account: Account) -> HttpResponse:
    """Make a secret address and show it, this one time: the answer to the form is the only page that has it."""
    try:
        _, secret = Feed.make(account, by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return redirect("dates")
    address = f"{settings.PORTAL_ADDRESS}/feeds/{secret}.ics"
    return render(request, "portal/feed_made.html", {"address": address, "days": AHEAD.days})


@require_POST
@allow(Person.Role.MEMBER)
@of_account
def revoke_feed(request: HttpRequest, account: Account, feed_id: int) -> HttpResponse:
    """Let one of one's own addresses open nothing any more."""
    feed = Feed.objects.filter(account=account, person=request.user, pk=feed_id).first()
    if feed is None:
        raise Http404
    feed.revoke(by=request.user)
    messages.success(request, "The address is revoked: from now on it opens nothing.")
    return redirect("dates")


def _asks_too_often(feed: Feed) -> bool:
    key = f"feed:{feed.digest}"
    cache.add(key, 0, HOUR)
    try:
        return int(cache.incr(key)) > MOST_AN_HOUR
    except ValueError:  # the hour ended between the two
        return False


@require_safe
@public
def feed_file(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates of one account, for whoever has the secret; what is wrong, revoked or lost is the same 404."""
    feed = Feed.of_secret(secret)
    if feed is None:
        raise Http404
    today = timezone.localdate()
    with acting_for(feed.person) as held:
        if not feed.may_be_read(held):
            raise Http404
        if _asks_too_often(feed):
            return HttpResponse(
                "Too many requests.", status=429, content_type="text/plain", headers={"Retry-After": HOUR}
            )
        account = feed.account
        dates = dates_that_bind(account, feed.person, today, today + AHEAD, as_of=today)
        feed.note_reading(today)
    file = ical_of(account, dates, today)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="dates.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{hashlib.sha256(file).hexdigest()}"'
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
