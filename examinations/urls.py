"""Pages about one account's entries and examinations; the same below / for members and /accounts/ID/ for staff."""

from django.urls import path

from examinations.views.brokers import brokers_page
from examinations.views.checks import check_page, checks_page
from examinations.views.closing import closing_page
from examinations.views.costs import cost_add, cost_edit, cost_remove
from examinations.views.detention import detention_ask, detention_decide, detention_page, item_answer, item_send
from examinations.views.duty import duty_page
from examinations.views.entries import entry_list, entry_page
from examinations.views.entry_lines import entry_line_list
from examinations.views.examinations import examination_list, examination_page
from examinations.views.explore import explore_page, remove_view, save_view
from examinations.views.exports import export_ask
from examinations.views.figures import figures_page
from examinations.views.figures_by import definitions_page, figures_by_page
from examinations.views.figures_change import figures_change_page
from examinations.views.questions import answer, ask
from examinations.views.requests import record_request, request_list, request_page, request_send

urlpatterns = [
    path("dates/closing/", closing_page, name="closing"),
    path("brokers/", brokers_page, name="brokers"),
    path("checks/", checks_page, name="checks"),
    path("checks/<str:check>/", check_page, name="check"),
    path("duty/", duty_page, name="duty"),
    path("entries/", entry_list, name="entries"),
    path("entries/<str:number>/", entry_page, name="entry"),
    path("entry-lines/", entry_line_list, name="entry-lines"),
    path("examinations/", examination_list, name="examinations"),
    path("examinations/figures/by/", figures_by_page, name="figures_by"),
    path("examinations/figures/change/", figures_change_page, name="figures_change"),
    path("examinations/figures/definitions/", definitions_page, name="definitions"),
    path("explore/", explore_page, name="explore"),
    path("explore/save/", save_view, name="save-view"),
    path("explore/<int:view_id>/remove/", remove_view, name="remove-view"),
    path("examinations/figures/", figures_page, name="figures"),
    path("examinations/<int:examination_id>/", examination_page, name="examination"),
    path("requests/", request_list, name="requests"),
    path("requests/new/", record_request, name="record-request"),
    path("requests/<int:request_id>/", request_page, name="request"),
    path("requests/<int:request_id>/send/", request_send, name="request-send"),
    path("examinations/<int:examination_id>/detention/", detention_page, name="detention"),
    path("examinations/<int:examination_id>/detention/ask/", detention_ask, name="detention-ask"),
    path("examinations/<int:examination_id>/detention/decide/", detention_decide, name="detention-decide"),
    path("examinations/<int:examination_id>/detention/<int:item_id>/send/", item_send, name="detention-send"),
    path("examinations/<int:examination_id>/detention/<int:item_id>/answer/", item_answer, name="detention-answer"),
    path("exports/ask/<str:name>/", export_ask, name="export-ask"),
    path("examinations/<int:examination_id>/questions/", ask, name="ask"),
    path("examinations/<int:examination_id>/questions/<int:question_id>/", answer, name="answer"),
    path("examinations/<int:examination_id>/cost/", cost_add, name="cost-add"),
    path("examinations/<int:examination_id>/cost/<int:cost_id>/", cost_edit, name="cost-edit"),
    path("examinations/<int:examination_id>/cost/<int:cost_id>/remove/", cost_remove, name="cost-remove"),
]
