"""Organizations and their members. plinto-polar asks here, with the user's own token, what they may do."""

from typing import Any, Dict, List, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..billing.models import Subscription
from ..clock import Clock
from ..database import get_db
from ..errors import ApiError
from .dependencies import Membership, get_administration, get_clock, get_current_user, get_membership
from .events import record_event
from .models import Organization, OrganizationMember, User, new_id
from .views import organization_event, organization_view

router = APIRouter(prefix="/organizations", tags=["Organizations"])


class Named(BaseModel):
    name: str = Field(min_length=1, max_length=200)


class NewMember(BaseModel):
    email: str = Field(max_length=254)
    role: Literal["admin", "member", "viewer"]


async def found_organization(db: AsyncSession, clock: Clock, name: str, owner: User) -> Organization:
    """In the caller's transaction. Plinto enters the founder as an admin; `owner_id` is what makes an owner."""
    now = clock.now()
    organization = Organization(
        id=new_id(), name=name, owner_id=owner.id, billing_email=owner.email, created_at=now, updated_at=now
    )
    db.add(organization)
    await db.flush()
    db.add(OrganizationMember(organization_id=organization.id, user_id=owner.id, role="admin"))
    record_event(db, clock, "organization.created", organization_event(organization))
    return organization


@router.get("")
@router.get("/", include_in_schema=False)
async def list_organizations(
    user: User = Depends(get_current_user), db: AsyncSession = Depends(get_db)
) -> List[Dict[str, Any]]:
    mine = (
        select(Organization, OrganizationMember.role)
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .where(OrganizationMember.user_id == user.id)
        .order_by(Organization.created_at)
    )
    return [organization_view(organization, user, role) for organization, role in (await db.execute(mine)).all()]


@router.post("")
@router.post("/", include_in_schema=False)
async def create_organization(
    wish: Named,
    request: Request,
    user: User = Depends(get_current_user),
    db: AsyncSession = Depends(get_db),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    organization = await found_organization(db, clock, wish.name, user)
    await db.commit()
    request.app.state.events.wake()
    return organization_view(organization, user, "admin")


@router.get("/{organization_id}")
async def read_organization(
    membership: Membership = Depends(get_membership), user: User = Depends(get_current_user)
) -> Dict[str, Any]:
    return organization_view(membership.organization, user, membership.role)


@router.patch("/{organization_id}")
async def rename_organization(
    wish: Named,
    request: Request,
    membership: Membership = Depends(get_administration),
    user: User = Depends(get_current_user),
    db: AsyncSession = Depends(get_db),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    organization = membership.organization
    organization.name = wish.name
    organization.updated_at = clock.now()
    record_event(db, clock, "organization.updated", organization_event(organization))
    await db.commit()
    request.app.state.events.wake()
    return organization_view(organization, user, membership.role)


@router.delete("/{organization_id}", status_code=204)
async def delete_organization(
    request: Request,
    membership: Membership = Depends(get_membership),
    db: AsyncSession = Depends(get_db),
    clock: Clock = Depends(get_clock),
) -> Response:
    """By its owner. What plinto-polar and Polar know of it is erased, and its subscriptions end at once."""
    if not membership.is_owner:
        raise ApiError(403, "FORBIDDEN", "Insufficient permissions")
    organization = membership.organization
    record_event(db, clock, "organization.deleted", organization_event(organization))
    await db.execute(delete(Subscription).where(Subscription.organization_id == organization.id))
    await db.execute(delete(OrganizationMember).where(OrganizationMember.organization_id == organization.id))
    await db.delete(organization)
    await db.commit()
    request.app.state.events.wake()
    return Response(status_code=204)


@router.post("/{organization_id}/members", status_code=201)
async def add_member(
    wish: NewMember,
    request: Request,
    membership: Membership = Depends(get_administration),
    db: AsyncSession = Depends(get_db),
    clock: Clock = Depends(get_clock),
) -> Dict[str, Any]:
    """Plinto itself invites by e-mail."""
    organization = membership.organization
    found = await db.execute(select(User).where(User.email == wish.email.lower()))
    member = found.scalar_one_or_none()
    if member is None:
        raise ApiError(404, "NOT_FOUND", "No user has this e-mail address.", {"field": "email"})
    await db.merge(OrganizationMember(organization_id=organization.id, user_id=member.id, role=wish.role))
    told = {**organization_event(organization), "user_id": member.id, "role": wish.role}
    record_event(db, clock, "organization.member.added", told)
    await db.commit()
    request.app.state.events.wake()
    return {"organization_id": organization.id, "user_id": member.id, "role": wish.role}
