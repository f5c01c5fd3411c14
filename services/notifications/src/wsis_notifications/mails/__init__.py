"""Mails that follow events: deliveries, what people decline, and what comes back."""
