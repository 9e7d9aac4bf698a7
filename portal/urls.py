"""Every address of the portal."""

from allauth.account import views as sign_in
from django.contrib import admin
from django.urls import include, path, re_path

from accounts.views import absence, invitations, managers, tokens
from compliance.bonds.urls import of_all as bonds_of_all
from compliance.measurement.own_rates.views import own_rate_page
from compliance.trends.urls import of_all as trends_of_all
from inquiries.by_mail.webhook import mail_in
from inquiries.urls import of_all as inquiries_of_all
from portal.health import health
from portal.views import (
    about,
    accounts,
    center,
    dates,
    feeds,
    find,
    hand_over,
    home,
    improve,
    monthly,
    program,
    review,
    sheets,
)

ABOUT = ("about", "words", "accessibility", "privacy")
account_pages = [
    path("", include("accounts.urls")),
    path("", include("examinations.urls")),
    path("", include("compliance.bonds.urls")),
    path("", include("compliance.trends.urls")),
    path("", include("compliance.plans.urls")),
    path("", include("compliance.controls.urls")),
    path("", include("compliance.programs.urls")),
    path("", include("inquiries.urls")),
    path("own-rate/", own_rate_page, name="own-rate"),
    path("dates/", dates.dates_page, name="dates"),
    path("dates/feeds/", feeds.make_feed, name="make-feed"),
    path("dates/feeds/<int:feed_id>/revoke/", feeds.revoke_feed, name="revoke-feed"),
    path("center/", center.center_page, name="center"),
    path("center/appeals/<int:appeal_id>/withdraw/", center.withdraw_appeal, name="withdraw-appeal"),
    path("sheet/", sheets.account_sheet, name="sheet"),
    path("sheet/night-contact/", sheets.night_contact, name="night-contact"),
    path("hand-over-sheet/", sheets.hand_over_sheet, name="hand-over-sheet"),
    path("monthly/", monthly.monthly_page, name="monthly"),
    path("review/", review.review_page, name="review"),
    path("review/pdf/", review.review_file, name="review-pdf"),
    path("improve/", improve.improve_page, name="improve"),
]

handler404 = "portal.views.errors.not_found"

urlpatterns = [
    path("", home.today, name="today"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/<uuid:account_id>/", accounts.account_page, name="account"),
    path("accounts/<uuid:account_id>/choose/", accounts.choose_account, name="choose-account"),
    path("accounts/<uuid:account_id>/", include((account_pages, "staff"))),
    path("absence/", absence.absence_page, name="absence"),
    path("absence/hours/", managers.hours_page, name="hours"),
    path("absence/<int:cover_id>/", absence.change_absence, name="change-absence"),
    path("center-appeals/", center.appeals_page, name="center-appeals"),
    path("center-appeals/<int:appeal_id>/", center.appeal_page, name="center-appeal"),
    path("managers/", hand_over.managers_page, name="caseload"),
    path("managers/<uuid:person_id>/hand-over/", hand_over.hand_over_page, name="hand-over"),
    path("feeds/<str:secret>.ics", feeds.feed_file, name="feed"),
    path("invitations/<str:secret>/", invitations.invitation_page, name="invitation"),
    path("mail-in/", mail_in, name="mail-in"),
    path("find/", find.find, name="find"),
    path("", include(account_pages)),
    path("", include("examinations.load_urls")),
    path("", include("documents.urls")),
    path("", include("compliance.measurement.urls")),
    path("", include(bonds_of_all)),
    path("", include(trends_of_all)),
    path("", include(inquiries_of_all)),
    path("", include("compliance.risk.urls")),
    path("", include("compliance.selection.urls")),
    path("", include("compliance.effect.urls")),
    path("effect/program/", program.program_page, name="effect-program"),
    path("", include("notices.urls")),
    path("", include("notifications.urls")),
    path("", include("demonstration.urls")),
    path("api/", include("portal.api")),
    path("people/tokens/", tokens.token_list, name="tokens"),
    path("people/tokens/<uuid:token_id>/revoke/", tokens.token_revoke, name="revoke-token"),
    *(path(f"{name}/", about.page(f"portal/{name}.html"), name=name) for name in ABOUT),
    path("health/", health, name="health"),
    path("admin/", admin.site.urls),
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-in/sign-out/", sign_in.logout, name="account_logout"),
    path("sign-in/again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("sign-in/password/", sign_in.password_change, name="account_change_password"),
    path("sign-in/password/set/", sign_in.password_set, name="account_set_password"),
    path("sign-in/forgotten/", sign_in.password_reset, name="account_reset_password"),
    path("sign-in/forgotten/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    # The person's id has no dash, the key has: <uidb36>-<key> would cut at the last one, inside the key.
    re_path(
        r"^sign-in/forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/forgotten/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sign-in/new/", sign_in.signup, name="account_signup"),  # closed: people are invited
    path("sign-in/inactive/", sign_in.account_inactive, name="account_inactive"),
    path("sign-in/second-factor/", include("allauth.mfa.urls")),
]
