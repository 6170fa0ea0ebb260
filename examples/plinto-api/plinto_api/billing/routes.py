"""What the API says of billing by itself: subscriptions, the provider, and two routes that are paid for."""

from typing import Any, Dict, List

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import get_db
from ..errors import ApiError
from ..identity.dependencies import Membership, get_current_user, get_membership
from ..identity.models import OutgoingEvent, User
from .access import require_feature, require_plan
from .models import Subscription
from .server import BillingServer, get_billing

router = APIRouter(tags=["Billing"])


def _view(row: Subscription) -> Dict[str, Any]:
    return {
        "id": row.id,
        "plan": row.plan,
        "status": row.status,
        "billing_interval": row.billing_interval,
        "current_period_start": row.current_period_start,
        "current_period_end": row.current_period_end,
        "cancel_at_period_end": row.cancel_at_period_end,
        "access_until": row.access_until,
        "updated_at": row.updated_at,
    }


@router.get("/billing/provider", dependencies=[Depends(get_current_user)])
async def read_provider(country: str, billing: BillingServer = Depends(get_billing)) -> Dict[str, str]:
    return {"provider": await billing.determine_payment_provider(country)}


@router.get("/billing/subscription")
async def read_own_subscription(
    user: User = Depends(get_current_user), db: AsyncSession = Depends(get_db)
) -> Dict[str, Any]:
    return await _read(db, Subscription.user_id == user.id)


@router.get("/organizations/{organization_id}/subscription")
async def read_subscription(
    membership: Membership = Depends(get_membership), db: AsyncSession = Depends(get_db)
) -> Dict[str, Any]:
    return await _read(db, Subscription.organization_id == membership.organization.id)


async def _read(db: AsyncSession, whose: Any) -> Dict[str, Any]:
    row = (await db.execute(select(Subscription).where(whose))).scalar_one_or_none()
    if row is None:
        raise ApiError(404, "NOT_FOUND", "Nothing was bought yet: start a checkout.")
    return _view(row)


@router.get("/organizations/{organization_id}/audit-logs", dependencies=[Depends(require_plan("pro"))])
async def read_audit_logs(
    membership: Membership = Depends(get_membership), db: AsyncSession = Depends(get_db)
) -> List[Dict[str, Any]]:
    """What was told of the organization, for those who pay."""
    return [{"id": one.id, "type": one.type, "created_at": one.created_at} for one in await _events(db, membership)]


@router.get("/organizations/{organization_id}/audit-logs/export", dependencies=[Depends(require_feature("export"))])
async def export_audit_logs(
    membership: Membership = Depends(get_membership), db: AsyncSession = Depends(get_db)
) -> Response:
    """The same as CSV, for those whose plan has it."""
    lines = ["id,type,created_at"]
    lines += [f"{one.id},{one.type},{one.created_at.isoformat()}" for one in await _events(db, membership)]
    return Response("\n".join(lines) + "\n", media_type="text/csv")


async def _events(db: AsyncSession, membership: Membership) -> List[OutgoingEvent]:
    about = select(OutgoingEvent).where(OutgoingEvent.subject_id == membership.organization.id)
    return (await db.execute(about.order_by(OutgoingEvent.created_at))).scalars().all()
