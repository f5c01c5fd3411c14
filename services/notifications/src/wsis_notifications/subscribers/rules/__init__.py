"""Rules of readers, pure."""
