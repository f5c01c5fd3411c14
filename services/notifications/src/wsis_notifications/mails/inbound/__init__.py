"""The process `inbound`: takes mail over SMTP and LMTP for the mailboxes of all plugins."""
