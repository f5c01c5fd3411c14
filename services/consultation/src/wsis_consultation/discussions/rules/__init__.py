"""The rules of discussions and comments."""
