"""A made-up service, so that a figure is the bus's and the gateway's, not some rule's."""
