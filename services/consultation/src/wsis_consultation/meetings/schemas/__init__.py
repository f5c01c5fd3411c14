"""Physical meetings: what comes in and what goes out."""
