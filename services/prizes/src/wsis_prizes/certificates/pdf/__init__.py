"""Certificates as PDF: `page` makes one, `process` those of a project in a child process, which loads the libraries."""
