"""The wire: names and arguments of exchanges and queues, the serializer, and the multiplexed connection.

Imports kombu and neither nameko nor eventlet nor gevent: the same code runs patched by either, or by none.
"""
