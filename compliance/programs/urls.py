"""The page of an account's programs; included among the pages of an account."""

from django.urls import path

from compliance.programs import views

urlpatterns = [
    path("programs/", views.programs_page, name="programs"),
    path("programs/done/", views.record_done, name="program-done"),
    path("programs/step/", views.record_step, name="program-step"),
    path("programs/confirm/", views.confirm, name="program-confirm"),
]
