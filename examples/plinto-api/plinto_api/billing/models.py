"""`Subscription` as Plinto has it, kept by notifications. What is new to it: ../../README.md#what-to-copy."""

import enum
import uuid

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, Column, ForeignKey, String
from sqlalchemy import Enum as SQLEnum

from ..database import Base, Utc


class BillingPlan(str, enum.Enum):
    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class BillingInterval(str, enum.Enum):
    MONTHLY = "monthly"
    YEARLY = "yearly"


class SubscriptionStatus(str, enum.Enum):
    ACTIVE = "active"
    CANCELED = "canceled"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    TRIALING = "trialing"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"


class Subscription(Base):
    """One row for each organization, or user, that has ever bought: what holds for them now.

    `plan` is what they may use: FREE as soon as access has ended, whatever they had bought.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (CheckConstraint("(organization_id IS NULL) <> (user_id IS NULL)"),)

    id = Column(String(36), primary_key=True, default=lambda: str(uuid.uuid4()))
    organization_id = Column(String(36), ForeignKey("organizations.id"), unique=True)
    user_id = Column(String(36), ForeignKey("users.id"), unique=True)
    plan = Column(SQLEnum(BillingPlan), nullable=False)
    status = Column(SQLEnum(SubscriptionStatus), nullable=False)
    # None where Plinto has no word for it, such as a quarter, and for what was bought once for good.
    billing_interval = Column(SQLEnum(BillingInterval))
    current_period_start = Column(Utc)
    current_period_end = Column(Utc)
    cancel_at_period_end = Column(Boolean, default=False, nullable=False)
    access_until = Column(Utc)
    # The provider's id. The name is older than the provider.
    stripe_subscription_id = Column(String(255), index=True)
    # The notification's data as they came.
    subscription_metadata = Column(JSON, nullable=False)
    # Of two notifications about the same customer, the higher is the newer.
    sequence = Column(BigInteger, nullable=False)
    updated_at = Column(Utc, nullable=False)


class TakenNotification(Base):
    """Ids of notifications that were taken: one that comes again changes nothing."""

    __tablename__ = "taken_notifications"

    id = Column(String(64), primary_key=True)
    taken_at = Column(Utc, nullable=False, index=True)
