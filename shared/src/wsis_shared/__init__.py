"""The tool-box of the suite. A module comes in when two services need it today, and it names no service."""
