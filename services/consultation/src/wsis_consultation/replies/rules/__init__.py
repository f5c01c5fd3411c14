"""Replies by e-mail: the address that takes them, what a mail says, and what its sender wrote.

    raw mail -> `mails.read` -> `automatic`, `authentication` -> `text.reply_text` -> a comment

All of it is pure: bytes and texts in, values out.
"""
