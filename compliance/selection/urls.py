from django.urls import path

from compliance.selection import views
from compliance.selection.assignment.views import assignment_page

urlpatterns = [
    path("selection/", views.round_list, name="selection"),
    path("selection/assignment/", assignment_page, name="selection-assignment"),
    path("selection/new/", views.new_round, name="selection-new"),
    path("selection/<int:round_id>/", views.round_page, name="selection-round"),
    path("selection/<int:round_id>/change/", views.change_round, name="selection-change"),
    path("selection/<int:round_id>/open/", views.open_round, name="selection-open"),
    path("selection/<int:round_id>/decide/", views.decide, name="selection-decide"),
    path("selection/<int:round_id>/close/", views.close_round, name="selection-close"),
    path("selection/<int:round_id>/give-up/", views.give_up, name="selection-give-up"),
    path("selection/<int:round_id>/record/", views.record_page, name="selection-record"),
    path("selection/<int:round_id>/candidates/<int:pk>/", views.candidate_page, name="selection-candidate"),
]
