"""What comes in and what goes out, one module or package per subject."""
