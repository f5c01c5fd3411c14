"""The programme of the Forum: themes, sessions, the agenda and its versions."""
