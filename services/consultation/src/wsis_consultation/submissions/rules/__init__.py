"""Official submissions: what they contain, their versions and receipts.

    {_id, edition, number, state, version_number, received_at, amended_at, late, override, account, email_key,
     attachments, next_request, **content}

`content` is what its owner wrote (`contents.CONTENT`); `submission_versions` has a copy of each version.
"""
