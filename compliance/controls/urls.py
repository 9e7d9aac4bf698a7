"""The pages of an account's internal controls; included among the pages of an account."""

from django.urls import path

from compliance.controls import views

urlpatterns = [
    path("controls/", views.controls_page, name="controls"),
    path("controls/start/", views.start, name="start-controls"),
    path("controls/<int:assessment_id>/", views.assessment_page, name="self-assessment"),
    path("controls/<int:assessment_id>/submit/", views.submit, name="submit-controls"),
    path("controls/<int:assessment_id>/review/", views.review_page, name="review-controls"),
    path("controls/<int:assessment_id>/evidence/<int:answer_id>/", views.evidence, name="controls-evidence"),
    path("controls/<int:assessment_id>/<str:component>/", views.component_page, name="answer-controls"),
]
