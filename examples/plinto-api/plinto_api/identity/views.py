"""Users and organizations as the API shows them, and as its events tell of them."""

from datetime import datetime
from typing import Any, Dict, Optional

from .models import Organization, User


def _time(value: Optional[datetime]) -> Optional[str]:
    return None if value is None else value.isoformat()


def user_view(user: User) -> Dict[str, Any]:
    names = [name for name in (user.first_name, user.last_name) if name]
    return {
        "id": user.id,
        "email": user.email,
        "email_verified": user.email_verified,
        "username": None,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": " ".join(names) or None,
        "locale": "en",
        "status": "active",
        "created_at": _time(user.created_at),
        "updated_at": _time(user.updated_at),
        "last_sign_in_at": _time(user.last_sign_in_at),
        "user_metadata": {},
    }


def organization_event(organization: Organization) -> Dict[str, Any]:
    return {
        "id": organization.id,
        "name": organization.name,
        "owner_id": organization.owner_id,
        "billing_email": organization.billing_email,
    }


def organization_view(organization: Organization, user: User, role: str) -> Dict[str, Any]:
    return {
        **organization_event(organization),
        "billing_plan": organization.billing_plan,
        "created_at": _time(organization.created_at),
        "updated_at": _time(organization.updated_at),
        "is_owner": organization.owner_id == user.id,
        "user_role": role,
    }
