"""Plinto's own webhooks, to plinto-polar: stored with the change that they tell of, sent until they are taken.

Nothing at Plinto waits for them. Those that fail are sent again with growing pauses, under the same id.
"""

import asyncio
import hashlib
import hmac
import json
import logging
from datetime import timedelta
from typing import Any, Dict

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import Clock
from ..settings import Settings
from .models import OutgoingEvent, new_id

log = logging.getLogger("plinto_api")

LONGEST_PAUSE_SECONDS = 300
AT_ONCE = 20


def sign(body: bytes, secret: str) -> str:
    """Hex HMAC-SHA256 over the bytes that are sent."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def record_event(db: AsyncSession, clock: Clock, type: str, data: Dict[str, Any]) -> None:
    """Adds the event to the caller's transaction. After the commit: `EventSender.wake()`."""
    now = clock.now()
    event = {
        "id": new_id(),
        "type": type,
        "created_at": now.isoformat(),
        "data": data,
        "object": type.partition(".")[0],
        "api_version": "v1",
    }
    row = OutgoingEvent(
        id=event["id"],
        type=type,
        subject_id=data["id"],
        body=json.dumps(event),
        created_at=now,
        next_attempt_at=now,
    )
    db.add(row)


class EventSender:
    def __init__(self, sessions: Any, http: httpx.AsyncClient, clock: Clock, settings: Settings) -> None:
        self._sessions = sessions
        self._http = http
        self._clock = clock
        self._url = f"{settings.polar_url}/events/plinto"
        self._secret = settings.plinto_webhook_secret.get_secret_value()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._send_due()
            except Exception:
                log.exception("events to plinto-polar are not sent, and are tried again")
            try:
                await asyncio.wait_for(self._woken.wait(), timeout=1)
            except asyncio.TimeoutError:
                pass

    async def _send_due(self) -> None:
        while True:
            async with self._sessions() as db:
                due = (
                    select(OutgoingEvent)
                    .where(OutgoingEvent.next_attempt_at <= self._clock.now())
                    .order_by(OutgoingEvent.created_at)
                    .limit(AT_ONCE)
                )
                events = (await db.execute(due)).scalars().all()
                for event in events:
                    await self._send(event)
                    await db.commit()
                if len(events) < AT_ONCE:
                    return

    async def _send(self, event: OutgoingEvent) -> None:
        now = self._clock.now()
        body = event.body.encode()
        headers = {
            "content-type": "application/json",
            "x-webhook-id": event.id,
            "x-webhook-timestamp": str(int(now.timestamp())),
            "x-webhook-signature": sign(body, self._secret),
        }
        try:
            answer = await self._http.post(self._url, content=body, headers=headers, timeout=10)
            fault = None if answer.is_success else f"it answered {answer.status_code}"
        except httpx.HTTPError as error:
            fault = type(error).__name__
        event.attempts += 1
        if fault is None:
            event.delivered_at = now
            event.next_attempt_at = None
            return
        pause = min(2 ** min(event.attempts, 10) / 4, LONGEST_PAUSE_SECONDS)
        event.next_attempt_at = now + timedelta(seconds=pause)
        log.warning("plinto-polar did not take %s %s, which is sent again: %s", event.type, event.id, fault)
