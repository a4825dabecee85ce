"""Signing in: by password or through the school's CAS server."""
