"""Keeps the `Subscription` rows: writes a snapshot down as it is, unless a newer one is there."""

import logging
from typing import Any, Dict, Optional

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import Clock
from ..errors import ApiError
from ..identity.models import Organization, User
from ..settings import Settings
from .models import BillingInterval, BillingPlan, Subscription, SubscriptionStatus
from .snapshot import Snapshot

log = logging.getLogger("plinto_api")

INTERVALS = {("month", 1): BillingInterval.MONTHLY, ("year", 1): BillingInterval.YEARLY}


async def row_id(db: AsyncSession, snapshot: Snapshot) -> Optional[str]:
    return (await db.execute(select(Subscription.id).where(_is_theirs(snapshot)))).scalar_one_or_none()


async def write_down(
    db: AsyncSession, snapshot: Snapshot, data: Dict[str, Any], settings: Settings, clock: Clock
) -> None:
    """In the caller's transaction. `data` is the snapshot as it came."""
    if not await _is_known(db, snapshot):
        return
    values = {
        "plan": _plan(snapshot, settings),
        "status": _status(snapshot),
        "billing_interval": INTERVALS.get((snapshot.interval, snapshot.interval_count)),
        "current_period_start": snapshot.current_period_start,
        "current_period_end": snapshot.current_period_end,
        "cancel_at_period_end": snapshot.cancel_at_period_end or False,
        "access_until": snapshot.until,
        "stripe_subscription_id": snapshot.polar_subscription_id,
        "subscription_metadata": data,
        "sequence": snapshot.sequence,
        "updated_at": clock.now(),
    }
    # One statement compares and writes: of two at the same time, the newer stays.
    older = update(Subscription).where(_is_theirs(snapshot), Subscription.sequence < snapshot.sequence)
    written = await db.execute(older.values(**values).execution_options(synchronize_session=False))
    if written.rowcount == 0:
        if await row_id(db, snapshot) is not None:
            return
        ids = {"organization_id": snapshot.organization_id, "user_id": snapshot.user_id}
        db.add(Subscription(**{name: id and str(id) for name, id in ids.items()}, **values))
        await db.flush()
    if snapshot.organization_id is not None:
        theirs = update(Organization).where(Organization.id == str(snapshot.organization_id))
        await db.execute(theirs.values(billing_plan=values["plan"].value))


def _is_theirs(snapshot: Snapshot) -> Any:
    if snapshot.organization_id is not None:
        return Subscription.organization_id == str(snapshot.organization_id)
    return Subscription.user_id == str(snapshot.user_id)


async def _is_known(db: AsyncSession, snapshot: Snapshot) -> bool:
    """Who was deleted here is told of once more."""
    if snapshot.organization_id is not None:
        return await db.get(Organization, str(snapshot.organization_id)) is not None
    return snapshot.user_id is not None and await db.get(User, str(snapshot.user_id)) is not None


def _plan(snapshot: Snapshot, settings: Settings) -> BillingPlan:
    if not snapshot.allowed or snapshot.plan is None:
        return BillingPlan.FREE
    tier = snapshot.plan.tier or ""
    plan = settings.billing_plans.get(tier)
    if plan is None:
        # It is told again until this is mended, so nothing is lost.
        log.error("BILLING_PLANS names no plan for the tier %r", tier)
        raise ApiError(503, "PLAN_UNKNOWN", "BILLING_PLANS names no plan for this tier.", {"tier": tier})
    return plan


def _status(snapshot: Snapshot) -> SubscriptionStatus:
    try:
        return SubscriptionStatus(snapshot.status)
    except ValueError:
        # The word of an order, or one that is new at Polar. What counts is whether there is access.
        return SubscriptionStatus.ACTIVE if snapshot.allowed else SubscriptionStatus.CANCELED
