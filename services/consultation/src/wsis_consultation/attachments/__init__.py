"""Attachments of submissions: files, inspected before anybody reads them."""
