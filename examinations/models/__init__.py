from examinations.models.breakdown import (
    Dimension,
    DiscrepancyBreakdown,
    EntryBreakdown,
    EntryDay,
    ExaminationBreakdown,
    LineCode,
    Uncounted,
)
from examinations.models.check import AdditionalDuty, CheckFinding, LookedAt
from examinations.models.cost import Cost
from examinations.models.detention import Detention, DetentionItem
from examinations.models.duty_change import DutyChange
from examinations.models.duty_month import DutyMonth
from examinations.models.earlier import EarlierEntry, EarlierEntryLine
from examinations.models.entry import Entry, EntryLine
from examinations.models.examination import Discrepancy, Draw, Examination, Selection
from examinations.models.export import Export
from examinations.models.load import Load, Reject, SeenAgain
from examinations.models.peer import PeerFigure, PeerGroup, PeerMeasure, PeerMember, PeerStanding
from examinations.models.port import Port
from examinations.models.question import ResultQuestion
from examinations.models.request import CustomsRequest
from examinations.models.request_records import RequestLine, RequestRecord
from examinations.models.saved_view import SavedView
from examinations.models.summary import EntryMonth, ExaminationMonth
from examinations.models.superseded import SupersededRow
from examinations.models.traded import TradedGoods, TradedOrigin

__all__ = [
    "AdditionalDuty",
    "CheckFinding",
    "Cost",
    "CustomsRequest",
    "Detention",
    "DetentionItem",
    "Dimension",
    "Discrepancy",
    "DiscrepancyBreakdown",
    "Draw",
    "DutyChange",
    "DutyMonth",
    "EarlierEntry",
    "EarlierEntryLine",
    "Entry",
    "EntryBreakdown",
    "EntryDay",
    "EntryLine",
    "EntryMonth",
    "Examination",
    "ExaminationBreakdown",
    "ExaminationMonth",
    "Export",
    "LineCode",
    "Load",
    "LookedAt",
    "PeerFigure",
    "PeerGroup",
    "PeerMeasure",
    "PeerMember",
    "PeerStanding",
    "Port",
    "Reject",
    "RequestLine",
    "RequestRecord",
    "ResultQuestion",
    "SavedView",
    "SeenAgain",
    "Selection",
    "SupersededRow",
    "TradedGoods",
    "TradedOrigin",
    "Uncounted",
]
