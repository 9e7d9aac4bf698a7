from notices.models.acknowledgement import Acknowledgement
from notices.models.lead_time import LeadTime, Subject
from notices.models.notice import Notice
from notices.models.step import Step
from notices.models.touched import Touched

__all__ = ["Acknowledgement", "LeadTime", "Notice", "Step", "Subject", "Touched"]
