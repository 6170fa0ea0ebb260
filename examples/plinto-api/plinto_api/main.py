"""Puts the parts together: `python3 -m uvicorn plinto_api.main:create_app --factory`."""

import asyncio
from contextlib import suppress

import httpx
from fastapi import APIRouter, FastAPI
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import sessionmaker

from . import errors
from .billing import gateway, notifications
from .billing import routes as billing
from .clock import Clock
from .database import Base
from .identity import auth, organizations, users
from .identity.events import EventSender
from .settings import Settings


def create_app() -> FastAPI:
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = [f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors()]
        raise SystemExit("plinto-api: " + "; ".join(wrong)) from None

    app = FastAPI(title="Plinto API", docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.clock = Clock(settings.test_clock)
    engine = create_async_engine(settings.database_url)
    app.state.sessions = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    # No proxy of the environment sees a token, no redirect takes one elsewhere, and nothing is sent twice.
    limits = httpx.Limits(max_connections=100)
    app.state.http = httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits)
    app.state.events = EventSender(app.state.sessions, app.state.http, app.state.clock, settings)
    errors.install(app)

    api = APIRouter(prefix="/api/v1")
    for router in (auth.router, users.router, organizations.router, billing.router, notifications.router):
        api.include_router(router)
    # Last: it takes all that is below /polar.
    api.include_router(gateway.router)
    app.include_router(api)

    @app.on_event("startup")
    async def _start() -> None:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        app.state.sending = asyncio.create_task(app.state.events.run())

    @app.on_event("shutdown")
    async def _stop() -> None:
        app.state.sending.cancel()
        with suppress(asyncio.CancelledError):
            await app.state.sending
        await app.state.http.aclose()
        await engine.dispose()

    return app
