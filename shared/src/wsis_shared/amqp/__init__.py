"""AMQP: names and arguments of exchanges and queues, the serializer, and the multiplexed connection.

Imports kombu and neither nameko nor eventlet nor gevent: the same code runs under either, or under plain threads.
"""
