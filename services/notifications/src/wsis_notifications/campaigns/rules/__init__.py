"""Rules of campaigns: states, segments, rates, prepared mails, figures."""
