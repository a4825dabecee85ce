"""Pieces of pages that several rooms show. No routes."""
