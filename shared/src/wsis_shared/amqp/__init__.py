"""AMQP: names and arguments of exchanges and queues, the serializer, and the multiplexed connection.

Imports kombu and neither nameko nor eventlet nor gevent: the same code runs under either, or under plain threads.
"""

STOP_POLL_SECONDS = 0.2  # how often the thread of an idle connection looks whether it has to stop
