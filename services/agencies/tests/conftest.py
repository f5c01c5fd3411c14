"""Tests of agencies need the kit alone."""
