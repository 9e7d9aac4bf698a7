from django.urls import path

from notices.views.office import lead_times, told
from notices.views.reading import notice_acknowledge, notice_list, notice_page, notice_read

urlpatterns = [
    path("notices/", notice_list, name="notices"),
    path("notices/lead-times/", lead_times, name="lead-times"),
    path("notices/<uuid:notice_id>/", notice_page, name="notice"),
    path("notices/<uuid:notice_id>/read/", notice_read, name="notice-read"),
    path("notices/<uuid:notice_id>/acknowledge/", notice_acknowledge, name="notice-acknowledge"),
    path("notices/<uuid:notice_id>/told/", told, name="notice-told"),
]
