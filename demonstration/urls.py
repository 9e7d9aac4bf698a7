from django.urls import path

from demonstration.mailbox import mail, mail_as_sent, mailbox

urlpatterns = [
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mail, name="mail"),
    path("mailbox/<str:name>/as-sent/", mail_as_sent, name="mail-as-sent"),
]
