"""Physical meetings: when they take place, who takes part, who speaks."""
