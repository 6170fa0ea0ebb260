"""`APP_WEBHOOK_URL` of plinto-polar.

One that comes twice or late changes nothing. The answer names the row that was written, and plinto-polar says that id
with every later notification of the subscription.
"""

import logging
from datetime import timedelta
from typing import Dict, Optional

from fastapi import APIRouter, Depends, Request
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import Clock
from ..database import get_db
from ..errors import read_body
from ..identity.dependencies import get_clock, get_settings
from ..settings import Settings
from . import signatures, subscriptions
from .models import TakenNotification
from .snapshot import parse_notification, parse_snapshot

log = logging.getLogger("plinto_api")
router = APIRouter(prefix="/billing", tags=["Billing"])

MOST_BYTES = 64 * 1024
# plinto-polar tells again what it has delivered in the last 30 days, if it is asked to.
KEPT = timedelta(days=35)


@router.post("/notifications", include_in_schema=False)
async def take_notification(
    request: Request,
    db: AsyncSession = Depends(get_db),
    settings: Settings = Depends(get_settings),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Optional[str]]:
    body = await read_body(request, MOST_BYTES)
    id = signatures.verify(body, request.headers, settings.notification_keys, clock.seconds())
    notification = parse_notification(body)
    if not notification.is_known:
        log.warning("notification %s is of a type that this version does not know: %s", id, notification.type)
        return {"subscription_id": None}
    snapshot = parse_snapshot(notification.data)
    if await _is_new(db, id, clock):
        await subscriptions.write_down(db, snapshot, notification.data, settings, clock)
    await db.commit()
    return {"subscription_id": await subscriptions.row_id(db, snapshot)}


async def _is_new(db: AsyncSession, id: str, clock: Clock) -> bool:
    """Its id is kept in the transaction of what it changes: a refusal below forgets it again."""
    await db.execute(delete(TakenNotification).where(TakenNotification.taken_at < clock.now() - KEPT))
    db.add(TakenNotification(id=id, taken_at=clock.now()))
    try:
        await db.flush()
    except IntegrityError:
        await db.rollback()
        return False
    return True
