from django.urls import path

from notices.views import notice_list, notice_page, notice_read

urlpatterns = [
    path("notices/", notice_list, name="notices"),
    path("notices/<uuid:notice_id>/", notice_page, name="notice"),
    path("notices/<uuid:notice_id>/read/", notice_read, name="notice-read"),
]
