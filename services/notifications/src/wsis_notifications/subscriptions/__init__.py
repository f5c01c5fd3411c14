"""What readers of the newsletter do themselves: subscribe, confirm, choose, leave, be erased."""
