"""The pages of an account's improvement plans; included among the pages of an account."""

from django.urls import path

from compliance.plans.views import actions, plans

urlpatterns = [
    path("plan/", plans.plans_page, name="plans"),
    path("plan/start/<int:trend_id>/", plans.start_plan, name="start-plan"),
    path("plan/<int:plan_id>/", plans.plan_page, name="plan"),
    path("plan/<int:plan_id>/edit/", plans.edit_plan, name="edit-plan"),
    path("plan/<int:plan_id>/versions/", plans.versions_page, name="plan-versions"),
    path("plan/<int:plan_id>/step/", plans.take_step, name="plan-step"),
    path("plan/<int:plan_id>/actions/", actions.add_action, name="add-action"),
    path("plan/<int:plan_id>/actions/<int:action_id>/", actions.action_page, name="plan-action"),
    path("plan/<int:plan_id>/actions/<int:action_id>/finish/", actions.finish_action, name="finish-action"),
    path("plan/<int:plan_id>/actions/<int:action_id>/drop/", actions.drop_action, name="drop-action"),
    path("plan/<int:plan_id>/actions/<int:action_id>/send/", actions.send_evidence, name="send-evidence"),
]
