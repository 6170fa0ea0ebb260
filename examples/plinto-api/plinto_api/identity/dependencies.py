"""Who asks, and what they are in an organization. Plinto's `get_current_user` is its own."""

from typing import Any, Dict

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from ..clock import Clock
from ..database import get_db
from ..errors import ApiError
from ..settings import Settings
from . import tokens
from .models import Organization, OrganizationMember, RevokedToken, User


async def get_settings(request: Request) -> Settings:
    return request.app.state.settings


async def get_clock(request: Request) -> Clock:
    return request.app.state.clock


async def good_claims(
    token: str, kind: tokens.Kind, db: AsyncSession, settings: Settings, clock: Clock
) -> Dict[str, Any]:
    claims = tokens.verify(token, kind, settings.plinto_jwt_secret.get_secret_value(), clock)
    if claims is None or await db.get(RevokedToken, claims["jti"]) is not None:
        raise ApiError(401, "TOKEN_INVALID", f"The {kind} token is invalid or expired. Sign in again.")
    return claims


async def get_claims(
    request: Request,
    db: AsyncSession = Depends(get_db),
    settings: Settings = Depends(get_settings),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token.strip() == "":
        raise ApiError(401, "TOKEN_MISSING", "Send a bearer token.")
    return await good_claims(token.strip(), "access", db, settings, clock)


async def get_current_user(
    claims: Dict[str, Any] = Depends(get_claims), db: AsyncSession = Depends(get_db)
) -> User:
    user = await db.get(User, claims["sub"])
    if user is None:
        raise ApiError(401, "TOKEN_INVALID", "The user of this token no longer exists.")
    return user


class Membership:
    """An organization, and what the signed-in user is there."""

    def __init__(self, organization: Organization, role: str, user: User) -> None:
        self.organization = organization
        self.role = role
        self.is_owner = organization.owner_id == user.id


async def get_membership(
    organization_id: str, user: User = Depends(get_current_user), db: AsyncSession = Depends(get_db)
) -> Membership:
    """The organization of the path, for its members alone."""
    organization = await db.get(Organization, organization_id.lower())
    if organization is None:
        raise ApiError(404, "NOT_FOUND", "Organization not found")
    member = await db.get(OrganizationMember, (organization.id, user.id))
    if member is None:
        raise ApiError(403, "FORBIDDEN", "Not a member of this organization")
    return Membership(organization, member.role, user)


async def get_administration(membership: Membership = Depends(get_membership)) -> Membership:
    """The same, for the owner and admins."""
    if not membership.is_owner and membership.role != "admin":
        raise ApiError(403, "FORBIDDEN", "Insufficient permissions")
    return membership
