"""Each way to fail: one function, one code, one module per subject."""
