"""What the prizes make of a project, and the language of its texts."""
