"""Where the demonstration's mail server keeps whose mail: one Maildir a recipient below one folder."""

from urllib.parse import quote

PREFIX = "to-"
#: Where mails to the portal's own domain lie, as a real mail server hands them to `read_maildir`.
REPLIES = "replies"
#: The portal's own domain in the demonstration.
REPLY_DOMAIN = "reply.demo.example"


def folder_of(address: str, reply_domain: str = "") -> str:
    """The name of a recipient's Maildir; no address leads out of the folder. reply_domain: whose mails are the portal's."""
    address, reply_domain = address.strip().lower(), reply_domain.strip().lower()
    if reply_domain and address.endswith(f"@{reply_domain}"):
        return REPLIES
    return PREFIX + quote(address, safe="@+")[:200]
