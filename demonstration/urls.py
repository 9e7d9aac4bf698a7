from django.urls import path

from demonstration.mailbox import mail, mailbox

urlpatterns = [
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mail, name="mail"),
]
