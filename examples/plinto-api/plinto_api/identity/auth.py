"""Signing up, in and out."""

import re
from datetime import datetime, timezone
from typing import Any, Dict, Optional

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, validator
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import Clock
from ..database import get_db
from ..errors import ApiError
from ..settings import Settings
from . import tokens
from .dependencies import get_claims, get_clock, get_settings, good_claims
from .events import record_event
from .models import RevokedToken, User, new_id
from .organizations import found_organization
from .passwords import hash_password, password_matches
from .views import user_view

router = APIRouter(prefix="/auth", tags=["Authentication"])


class SignUp(BaseModel):
    email: str = Field(max_length=254)
    password: str = Field(min_length=8, max_length=200)
    name: Optional[str] = Field(None, min_length=1, max_length=200)
    first_name: Optional[str] = Field(None, max_length=100)
    last_name: Optional[str] = Field(None, max_length=100)
    organization_name: Optional[str] = Field(None, min_length=1, max_length=200)

    @validator("email")
    def _is_address(cls, value: str) -> str:
        if re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", value) is None:
            raise ValueError("must be an e-mail address")
        return value.lower()


class SignIn(BaseModel):
    email: str = Field(max_length=254)
    password: str = Field(max_length=200)


class Refresh(BaseModel):
    refresh_token: str = Field(max_length=4096)


def new_tokens(user_id: str, settings: Settings, clock: Clock) -> Dict[str, Any]:
    secret = settings.plinto_jwt_secret.get_secret_value()
    return {
        "access_token": tokens.sign(user_id, "access", secret, clock),
        "refresh_token": tokens.sign(user_id, "refresh", secret, clock),
        "token_type": "bearer",
        "expires_in": tokens.ACCESS_SECONDS,
    }


async def revoke(db: AsyncSession, claims: Dict[str, Any], clock: Clock) -> None:
    await db.execute(delete(RevokedToken).where(RevokedToken.expires_at < clock.now()))
    db.add(RevokedToken(jti=claims["jti"], expires_at=datetime.fromtimestamp(claims["exp"], timezone.utc)))


@router.post("/signup")
@router.post("/register", include_in_schema=False)
async def sign_up(
    wish: SignUp,
    request: Request,
    db: AsyncSession = Depends(get_db),
    settings: Settings = Depends(get_settings),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    first, _, last = (wish.name or "").partition(" ")
    now = clock.now()
    user = User(
        id=new_id(),
        email=wish.email,
        email_verified=True,
        first_name=wish.first_name or first or None,
        last_name=wish.last_name or last or None,
        password_hash=await hash_password(wish.password),
        created_at=now,
        updated_at=now,
    )
    db.add(user)
    try:
        await db.flush()
    except IntegrityError:
        message = "This e-mail address has an account. Sign in instead."
        raise ApiError(400, "EMAIL_TAKEN", message, {"field": "email"}) from None
    record_event(db, clock, "user.created", user_view(user))
    if wish.organization_name is not None:
        await found_organization(db, clock, wish.organization_name, user)
    await db.commit()
    request.app.state.events.wake()
    return {**new_tokens(user.id, settings, clock), "user": user_view(user)}


@router.post("/signin")
@router.post("/login", include_in_schema=False)
async def sign_in(
    wish: SignIn,
    db: AsyncSession = Depends(get_db),
    settings: Settings = Depends(get_settings),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    user = (await db.execute(select(User).where(User.email == wish.email.lower()))).scalar_one_or_none()
    if user is None or not await password_matches(wish.password, user.password_hash):
        raise ApiError(401, "INVALID_CREDENTIALS", "The e-mail address or the password is wrong.")
    user.last_sign_in_at = clock.now()
    await db.commit()
    return {**new_tokens(user.id, settings, clock), "user": user_view(user)}


@router.post("/refresh")
async def refresh(
    wish: Refresh,
    db: AsyncSession = Depends(get_db),
    settings: Settings = Depends(get_settings),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    """The old refresh token ends."""
    claims = await good_claims(wish.refresh_token, "refresh", db, settings, clock)
    await revoke(db, claims, clock)
    try:
        await db.commit()
    except IntegrityError:
        raise ApiError(401, "TOKEN_INVALID", "The refresh token was used already. Sign in again.") from None
    return new_tokens(claims["sub"], settings, clock)


@router.post("/signout")
@router.post("/logout", include_in_schema=False)
async def sign_out(
    claims: Dict[str, Any] = Depends(get_claims),
    db: AsyncSession = Depends(get_db),
    clock: Clock = Depends(get_clock),
) -> Dict[str, str]:
    await revoke(db, claims, clock)
    try:
        await db.commit()
    except IntegrityError:
        await db.rollback()
    return {"message": "Successfully signed out"}
