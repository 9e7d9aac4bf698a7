"""Pages about an account's people; the same below / for members and below /accounts/ID/ for staff."""

from django.urls import path

from accounts.views.managers import managers_page
from accounts.views.members import change_invitation, invite_page, member_page
from accounts.views.people import people_page, revoke

urlpatterns = [
    path("managers/", managers_page, name="managers"),
    path("people/", people_page, name="people"),
    path("people/<int:membership_id>/", member_page, name="member"),
    path("people/invite/", invite_page, name="invite"),
    path("people/invitations/<uuid:invitation_id>/", change_invitation, name="change-invitation"),
    path("people/delegations/<int:delegation_id>/revoke/", revoke, name="revoke-delegation"),
]
