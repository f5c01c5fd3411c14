"""What goes to receivers: cursors over the log, what they have not taken, attempts."""
