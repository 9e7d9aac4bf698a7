"""The API of all rooms, below /api/v1/."""

from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter

from accounts.api.accounts import Accounts
from accounts.api.declared import Declared
from compliance.bonds.api import Bonds
from compliance.measurement.api import Measurements
from compliance.plans.api import PlanItems
from compliance.risk.api import Assessments
from compliance.trends.api import Trends
from examinations.api import Discrepancies, Entries, EntryLines, Examinations
from examinations.requests.api import Requests
from inquiries.api import Inquiries
from notices.api import Notices

router = SimpleRouter(use_regex_path=False)
router.register("accounts", Accounts, "api-account")
router.register("entries", Entries, "api-entry")
router.register("entry-lines", EntryLines, "api-entry-line")
router.register("examinations", Examinations, "api-examination")
router.register("discrepancies", Discrepancies, "api-discrepancy")
router.register("requests", Requests, "api-request")
router.register("risk-assessments", Assessments, "api-risk-assessment")
router.register("measurements", Measurements, "api-measurement")
router.register("trends", Trends, "api-trend")
router.register("bonds", Bonds, "api-bond")
router.register("notices", Notices, "api-notice")
router.register("inquiries", Inquiries, "api-inquiry")
router.register("plan-items", PlanItems, "api-plan-item")


class Schema(Declared, SpectacularAPIView):
    """The OpenAPI schema of what its reader may ask for."""

    renderer_classes = [JSONRenderer]
    api_version = "1"


class Nothing(Declared):
    """Every other address below /api/: who asks is found out first, so that nobody can tell what there is."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    re_path("", Nothing.as_view()),
]
