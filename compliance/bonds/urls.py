"""The pages of an account's bonds, included among the pages of an account; and the list of all bonds in trouble."""

from django.urls import path

from compliance.bonds.views import ahead, enhanced, one, single_entry, trouble

urlpatterns = [
    path("bond/", one.bond_page, name="bond"),
    path("bond/what-if/", ahead.what_if, name="bond-what-if"),
    path("bond/what-if/<int:question_id>/send/", ahead.send_what_if, name="bond-send-what-if"),
    path("bond/single-entry/", single_entry.single_entry_page, name="bond-single-entry"),
    path("bond/enhanced/", enhanced.enhanced_page, name="bond-enhanced"),
    path("bond/delinquency/", one.record_delinquency, name="bond-delinquency"),
    path("bond/<int:bond_id>/step/", one.record_step, name="bond-step"),
]
of_all = [path("bonds/", trouble.trouble_page, name="bonds-in-trouble")]
