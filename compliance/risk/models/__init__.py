"""What scores accounts: the numbered model, the scores, and what is kept of the trade between two months."""

from compliance.risk.models.assessment import Assessment
from compliance.risk.models.backtest import Backtest
from compliance.risk.models.risk_model import Activation, RiskModel
from compliance.risk.models.trade import TradeFacts
from compliance.risk.models.tried import TryOut

__all__ = ["Activation", "Assessment", "Backtest", "RiskModel", "TradeFacts", "TryOut"]
