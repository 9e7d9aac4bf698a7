from django.urls import path

from demonstration.mailbox import mail_as_sent, mailbox
from demonstration.replying import mail

urlpatterns = [
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mail, name="mail"),
    path("mailbox/<str:name>/as-sent/", mail_as_sent, name="mail-as-sent"),
]
