"""The pages of an account's trends; included among the pages of an account."""

from django.urls import path

from compliance.trends import views

urlpatterns = [
    path("trends/", views.trends_page, name="trends"),
    path("trends/<int:trend_id>/", views.trend_page, name="trend"),
]
