"""The pages of an account's trends, included among the pages of an account; and those of all accounts."""

from django.urls import path

from compliance.trends.views import accounts, across

urlpatterns = [
    path("trends/", accounts.trends_page, name="trends"),
    path("trends/<int:trend_id>/", accounts.trend_page, name="trend"),
]
of_all = [
    path("trends/all/", accounts.worklist_page, name="trends-worklist"),
    path("trends/across/", across.across_page, name="across-accounts"),
    path("trends/across/<int:shared_id>/", across.shared_page, name="shared-trend"),
]
