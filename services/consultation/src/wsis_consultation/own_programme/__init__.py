"""What a member has chosen of the programme, with a calendar of it."""
