"""The programme: themes, sessions, agendas, versions, outcomes."""
