"""What Plinto has already: users, sessions, organizations, and its own webhooks."""
