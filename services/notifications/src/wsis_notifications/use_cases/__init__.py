"""Load, decide, store, respond: one module or package per subject, each with its `compose`."""
