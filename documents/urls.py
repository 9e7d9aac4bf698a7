"""Documents by their id: who may open one follows from what it is about."""

from django.urls import path

from documents.views import document_file, document_withdraw

urlpatterns = [
    path("documents/<uuid:document_id>/", document_file, name="document"),
    path("documents/<uuid:document_id>/withdraw/", document_withdraw, name="document-withdraw"),
]
