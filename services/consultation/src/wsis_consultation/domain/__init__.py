"""The rules, pure: one module or package per subject."""
