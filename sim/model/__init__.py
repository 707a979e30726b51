"""The Mesa part: governments, partnerships and rules at work, month by month."""
