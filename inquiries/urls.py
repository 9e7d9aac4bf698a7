"""Inquiries, for members, staff and experts; and the pages of contacts, of staff alone. Among the pages of an account."""

from django.urls import path

from inquiries.views import asking, contacts, knowledge, lists, office, thread

urlpatterns = [
    path("inquiries/", lists.inquiry_list, name="inquiries"),
    path("inquiries/new/", asking.new_inquiry, name="new-inquiry"),
    path("inquiries/written-down/", asking.write_down, name="write-down"),
    path("inquiries/<int:inquiry_id>/", thread.inquiry_page, name="inquiry"),
    path("inquiries/<int:inquiry_id>/reply/", thread.reply, name="inquiry-reply"),
    path("inquiries/<int:inquiry_id>/answer/", thread.answer, name="inquiry-answer"),
    path("inquiries/<int:inquiry_id>/note/", thread.note, name="inquiry-note"),
    path("inquiries/<int:inquiry_id>/experts/", thread.bring_in, name="inquiry-bring-in"),
    path("inquiries/<int:inquiry_id>/experts/<uuid:person_id>/release/", thread.release, name="inquiry-release"),
    path("inquiries/<int:inquiry_id>/close/", thread.close, name="inquiry-close"),
    path("inquiries/<int:inquiry_id>/reopen/", thread.reopen, name="inquiry-reopen"),
    path("inquiries/<int:inquiry_id>/files/<uuid:document_id>/", thread.inquiry_file, name="inquiry-file"),
    path("inquiries/alike/", knowledge.alike, name="alike"),
    path("inquiries/knowledge/", knowledge.knowledge_list, name="knowledge"),
    path("inquiries/knowledge/<int:entry_id>/", knowledge.knowledge_page, name="knowledge-entry"),
    path("inquiries/knowledge/<int:entry_id>/change/", knowledge.change_entry, name="change-knowledge"),
    path("inquiries/<int:inquiry_id>/for-everybody/", knowledge.propose, name="propose-knowledge"),
    path("contacts/", contacts.contacts_page, name="contacts"),
    path("contacts/<int:contact_id>/", contacts.contact_page, name="contact"),
    path("contacts/done/<int:follow_up_id>/", contacts.finish, name="finish-follow-up"),
]

#: Pages of no account: headquarters'.
of_all = [
    path("inquiries/promises/", office.promises_page, name="promises"),
    path("inquiries/experts/", office.experts_page, name="experts"),
    path("inquiries/experts/<uuid:person_id>/leave/", office.expert_leaves, name="expert-leaves"),
]
