"""The Open Consultation Process of the WSIS Forum."""
