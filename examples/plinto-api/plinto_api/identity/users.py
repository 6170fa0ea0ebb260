"""The user behind a token: plinto-polar asks for their e-mail address, which the token does not have."""

from typing import Any, Dict

from fastapi import APIRouter, Depends

from .dependencies import get_current_user
from .models import User
from .views import user_view

router = APIRouter(prefix="/users", tags=["Users"])


@router.get("/me")
async def read_me(user: User = Depends(get_current_user)) -> Dict[str, Any]:
    return user_view(user)
