"""Cross-tabulations of the register and their charts."""
