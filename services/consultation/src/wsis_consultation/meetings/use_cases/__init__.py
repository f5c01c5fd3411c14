"""Physical meetings: arrangement, registration, interventions, minutes."""
