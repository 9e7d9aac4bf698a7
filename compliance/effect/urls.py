from django.urls import path

from compliance.effect import views

urlpatterns = [
    path("effect/", views.effect_page, name="effect"),
    path("effect/compute/", views.compute_now, name="effect-compute"),
]
