"""The rules of public voting, pure: no input or output, no clock."""
