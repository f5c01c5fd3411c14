"""What other systems read: changes, linked data, snapshots."""
