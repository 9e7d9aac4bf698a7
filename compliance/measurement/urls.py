from django.urls import path

from compliance.measurement import cargo_views, rule_views, views

urlpatterns = [
    path("measurement/", views.plan_list, name="measurement"),
    path("measurement/new/", views.new_plan, name="measurement-new"),
    path("measurement/rules/", rule_views.rules_page, name="measurement-rules"),
    path("measurement/groups/", rule_views.groups_page, name="measurement-groups"),
    path("measurement/<int:plan_id>/", views.plan_page, name="measurement-plan"),
    path("measurement/<int:plan_id>/change/", views.change_plan, name="measurement-change"),
    path("measurement/<int:plan_id>/sizes/", views.set_sizes, name="measurement-sizes"),
    path("measurement/<int:plan_id>/rates/", views.set_rates, name="measurement-rates"),
    path("measurement/<int:plan_id>/freeze/", views.freeze_plan, name="measurement-freeze"),
    path("measurement/<int:plan_id>/close/", views.close_plan, name="measurement-close"),
    path("measurement/<int:plan_id>/hand/", views.hand_lines, name="measurement-hand"),
    path("measurement/<int:plan_id>/cargo/", cargo_views.ask_for_cargo, name="measurement-cargo"),
    path(
        "measurement/<int:plan_id>/cargo/<int:look_id>/back/",
        cargo_views.take_cargo_back,
        name="measurement-cargo-back",
    ),
]
