"""Load, decide, store, respond: one module per part, each with its `compose`."""
