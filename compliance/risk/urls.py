from django.urls import path

from compliance.risk import views

urlpatterns = [
    path("risk/", views.model_list, name="risk"),
    path("risk/parts/", views.parts_page, name="risk-parts"),
    path("risk/backtest/", views.backtest_page, name="risk-backtest"),
    path("risk/draft/", views.draft_model, name="risk-draft"),
    path("risk/models/<int:number>/", views.model_page, name="risk-model"),
    path("risk/models/<int:number>/try/", views.try_model, name="risk-try"),
    path("risk/models/<int:number>/activate/", views.activate_model, name="risk-activate"),
]
