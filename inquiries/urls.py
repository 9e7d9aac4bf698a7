"""The pages of contacts with an account, of staff alone; included among the pages of an account."""

from django.urls import path

from inquiries import views

urlpatterns = [
    path("contacts/", views.contacts_page, name="contacts"),
    path("contacts/<int:contact_id>/", views.contact_page, name="contact"),
    path("contacts/done/<int:follow_up_id>/", views.finish, name="finish-follow-up"),
]
