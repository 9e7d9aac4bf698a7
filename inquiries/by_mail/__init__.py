"""Inquiries by mail: a reply to a mail about an inquiry lands in its thread.

The way of a mail: whoever brings it (the provider's webhook, a Maildir) only keeps it as it came; a worker reads it, and
lands it or refuses it, in one transaction with the row that says so. No sender is written to: an answer to a stranger or to a
machine would make loops. What is refused waits for headquarters, with the reason; the thread says so to staff, and who can do
something about it is told at the address that the portal knows.
"""
