from notifications.models.feed import Feed
from notifications.models.how_told import HowTold
from notifications.models.mail_home import MailHome
from notifications.models.mail_report import MailReport
from notifications.models.message import Delivery, Message
from notifications.models.suppression import Suppression
from notifications.models.went_out import WentOut

__all__ = ["Delivery", "Feed", "HowTold", "MailHome", "MailReport", "Message", "Suppression", "WentOut"]
