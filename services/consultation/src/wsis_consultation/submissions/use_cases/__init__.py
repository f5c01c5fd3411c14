"""The form, drafts and submissions."""
