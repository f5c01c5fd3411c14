"""The log of public events: feed, news, takedowns and the AsyncAPI document."""
