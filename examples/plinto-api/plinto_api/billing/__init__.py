"""What Plinto's API gets: the gateway, the subscription rows, the access check and the choice of the provider.

Beside Plinto's own `Base`, `get_db`, `get_current_user`, `get_membership`, settings and errors it needs httpx alone.
"""
