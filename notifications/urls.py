from django.urls import path

from notifications.views import how, inbox, mail

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.all_read, name="all-read"),
    path("inbox/how/", how.how, name="how-told"),
    path("inbox/how/lift/", how.lift_mine, name="lift-mine"),
    path("inbox/<int:delivery_id>/", inbox.inbox_message, name="inbox-message"),
    path("inbox/<int:delivery_id>/read/", inbox.message_read, name="message-read"),
    path("unsubscribe/<str:signed>/", how.unsubscribe, name="unsubscribe"),
    path("mail/", mail.mail_page, name="mail"),
    path("mail/<int:suppression_id>/lift/", how.lift, name="lift"),
    path("mail-reports/<str:provider>/", mail.mail_report, name="mail-report"),
]
