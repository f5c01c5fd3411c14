"""Texts of this service: titles of its errors."""
