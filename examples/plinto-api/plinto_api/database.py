"""Rows by SQLAlchemy. Plinto's own `Base` and `get_db` stand in their place there."""

from datetime import datetime, timezone
from typing import AsyncIterator, Optional

from fastapi import Request
from sqlalchemy import DateTime, TypeDecorator
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Utc(TypeDecorator):
    """A time in UTC. SQLite keeps no time zone, so it is added on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: Optional[datetime], dialect: object) -> Optional[datetime]:
        return value and value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: Optional[datetime], dialect: object) -> Optional[datetime]:
        return value and value.replace(tzinfo=timezone.utc)


async def get_db(request: Request) -> AsyncIterator[AsyncSession]:
    """A session for one request. What the route does not commit is undone."""
    async with request.app.state.sessions() as db:
        yield db
