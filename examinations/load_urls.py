from django.urls import path

from examinations.views.loads import load_list, load_page, load_rejects

urlpatterns = [
    path("loads/", load_list, name="loads"),
    path("loads/<uuid:load_id>/", load_page, name="load"),
    path("loads/<uuid:load_id>/rejects.csv", load_rejects, name="load-rejects"),
]
