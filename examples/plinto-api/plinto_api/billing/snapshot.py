"""What plinto-polar tells: what holds for one customer now (docs/operations.md#telling-your-application)."""

from datetime import datetime
from typing import Any, Dict, Optional
from uuid import UUID

from pydantic import BaseModel, Field, ValidationError

from ..errors import ApiError

TYPES = ("access.granted", "access.revoked", "subscription.changed")


class Plan(BaseModel):
    tier: Optional[str] = None


class Snapshot(BaseModel):
    """The members that are read. Later versions may add others."""

    organization_id: Optional[UUID] = None
    user_id: Optional[UUID] = None
    allowed: bool
    until: Optional[datetime] = None
    plan: Optional[Plan] = None
    status: Optional[str] = None
    polar_subscription_id: Optional[str] = Field(None, max_length=255)
    interval: Optional[str] = None
    interval_count: Optional[int] = None
    current_period_start: Optional[datetime] = None
    current_period_end: Optional[datetime] = None
    cancel_at_period_end: Optional[bool] = None
    sequence: int = Field(gt=0, lt=2**53)


class Notification(BaseModel):
    type: str
    data: Dict[str, Any]

    @property
    def is_known(self) -> bool:
        return self.type in TYPES


def parse_notification(body: bytes) -> Notification:
    try:
        return Notification.parse_raw(body)
    except ValidationError as error:
        raise _refusal(error) from None


def parse_snapshot(data: Dict[str, Any]) -> Snapshot:
    try:
        return Snapshot.parse_obj(data)
    except ValidationError as error:
        raise _refusal(error, "data") from None


def _refusal(error: ValidationError, *within: str) -> ApiError:
    first = error.errors()[0]
    field = ".".join([*within, *(str(part) for part in first["loc"])])
    return ApiError(422, "VALIDATION_ERROR", f"{field}: {first['msg']}.", {"field": field})
