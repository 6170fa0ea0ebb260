"""Rows of users, organizations and memberships, and of the events about them."""

import uuid

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Text

from ..database import Base, Utc


def new_id() -> str:
    return str(uuid.uuid4())


class User(Base):
    __tablename__ = "users"

    id = Column(String(36), primary_key=True, default=new_id)
    email = Column(String(254), unique=True, nullable=False)
    # Plinto sends an e-mail first. Nobody is at Polar whose address is not verified.
    email_verified = Column(Boolean, default=True, nullable=False)
    first_name = Column(String(100))
    last_name = Column(String(100))
    password_hash = Column(String(255), nullable=False)
    created_at = Column(Utc, nullable=False)
    updated_at = Column(Utc, nullable=False)
    last_sign_in_at = Column(Utc)


class Organization(Base):
    __tablename__ = "organizations"

    id = Column(String(36), primary_key=True, default=new_id)
    name = Column(String(200), nullable=False)
    owner_id = Column(String(36), ForeignKey("users.id"), nullable=False)
    billing_email = Column(String(254), nullable=False)
    billing_plan = Column(String(50), default="free", nullable=False)
    created_at = Column(Utc, nullable=False)
    updated_at = Column(Utc, nullable=False)


class OrganizationMember(Base):
    __tablename__ = "organization_members"

    organization_id = Column(String(36), ForeignKey("organizations.id"), primary_key=True)
    user_id = Column(String(36), ForeignKey("users.id"), primary_key=True)
    role = Column(String(20), nullable=False)


class RevokedToken(Base):
    __tablename__ = "revoked_tokens"

    jti = Column(String(36), primary_key=True)
    expires_at = Column(Utc, nullable=False)


class OutgoingEvent(Base):
    """An event that is sent until it is taken. It is written with what it tells of, in one transaction."""

    __tablename__ = "outgoing_events"

    id = Column(String(36), primary_key=True, default=new_id)
    type = Column(String(64), nullable=False)
    subject_id = Column(String(36), nullable=False, index=True)
    body = Column(Text, nullable=False)
    created_at = Column(Utc, nullable=False)
    attempts = Column(Integer, default=0, nullable=False)
    next_attempt_at = Column(Utc, index=True)
    delivered_at = Column(Utc)
