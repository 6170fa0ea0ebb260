"""`/api/v1/polar/...`: plinto-polar behind the API's own address, byte by byte.

The user's own token goes through, and plinto-polar decides by it. Nothing is sent twice: a page sends again what may be
sent again, under its `Idempotency-Key`.
"""

import re

import httpx
from fastapi import APIRouter, Request, Response

from ..errors import ApiError, read_body

router = APIRouter(prefix="/polar", tags=["Polar"])

# A batch of usage is the largest.
MOST_BYTES = 8 * 1024 * 1024
# Longer than plinto-polar takes for an answer of any kind.
TIMEOUT = httpx.Timeout(35, connect=5)

# Neither cookies nor what else Plinto's pages send is any business of plinto-polar's. `origin` is: a service key in a
# page is refused by it.
SENT_ON = re.compile(
    r"authorization|accept|content-type|content-encoding|idempotency-key|if-none-match|origin|user-agent|webhook-[a-z]+"
)
# What belongs to one connection, or is written by this server.
KEPT_BACK = re.compile(r"connection|keep-alive|transfer-encoding|content-(length|encoding)|date|server|trailer|upgrade")
# No `..` and no escapes: what leads out of /api/v1/polar leads to other tenants.
SAFE_PATH = re.compile(rb"/api/v1/polar(/(?!\.\.?(/|$))[A-Za-z0-9._-]+)+")


@router.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "DELETE"], include_in_schema=False)
async def pass_on(request: Request) -> Response:
    raw_path = request.scope["raw_path"]
    if SAFE_PATH.fullmatch(raw_path) is None:
        raise ApiError(404, "NOT_FOUND", "There is no such route.")
    base = httpx.URL(request.app.state.settings.polar_server_url)
    query = request.scope["query_string"]
    url = base.copy_with(raw_path=base.raw_path.rstrip(b"/") + raw_path + (b"?" + query if query else b""))
    headers = [(name, value) for name, value in request.headers.items() if SENT_ON.fullmatch(name)]
    # Written anew: what the client wrote there is not believed. TRUSTED_PROXIES has this server's address.
    headers += [("accept-encoding", "identity")]
    if request.client is not None:
        headers += [("x-forwarded-for", request.client.host)]
    body = await read_body(request, MOST_BYTES)
    try:
        answer = await request.app.state.http.request(
            request.method, url, headers=headers, content=body, timeout=TIMEOUT
        )
    except httpx.ReadTimeout:
        raise ApiError(504, "UPSTREAM_TIMEOUT", "Billing did not answer in time. Try again.") from None
    except httpx.HTTPError:
        message = "Billing cannot be reached. Try again in a moment."
        raise ApiError(502, "UPSTREAM_FAILED", message, headers={"retry-after": "1"}) from None
    passed = Response(answer.content, answer.status_code)
    for name, value in answer.headers.multi_items():
        if not KEPT_BACK.fullmatch(name):
            passed.headers.append(name, value)
    return passed
