"""Certificates."""


def render(project, language, *, winner, at):
    return b"%PDF"
