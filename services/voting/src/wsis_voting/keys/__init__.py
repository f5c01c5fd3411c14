"""What hides and proves a vote: ids under a key of the edition, commitments, signatures."""
