"""Dependencies of routes that are paid for: the user belongs to the organization, and the organization has paid.

    @router.get("/organizations/{organization_id}/reports", dependencies=[Depends(require_plan("pro"))])
"""

from typing import Any, Awaitable, Callable, Dict, Optional

from fastapi import Depends

from ..errors import ApiError
from ..identity.dependencies import Membership, get_membership
from .server import BillingServer, get_billing

Check = Callable[..., Awaitable[Dict[str, Any]]]


def require_plan(tier: str) -> Check:
    """A tier of `PRODUCTS`, or one above it."""
    return _require(f"the plan {tier}", tier=tier)


def require_feature(feature: str) -> Check:
    """A feature of `PRODUCTS`."""
    return _require(f"a plan with {feature}", feature=feature)


def _require(what: str, feature: Optional[str] = None, tier: Optional[str] = None) -> Check:
    async def check(
        # First: a service key may ask about any organization, a user about their own alone.
        membership: Membership = Depends(get_membership),
        billing: BillingServer = Depends(get_billing),
    ) -> Dict[str, Any]:
        access = await billing.access(membership.organization.id, feature, tier)
        if not access["allowed"]:
            raise ApiError(402, "PLAN_REQUIRED", f"This needs {what}.", {"reason": access["reason"]})
        return access

    return check
