"""The programme: sessions made of requests, where and when they are, clashes, suggestions, versions, outcomes."""
