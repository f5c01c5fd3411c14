"""Issues of the newsletter: contents, layout, checks, life."""
