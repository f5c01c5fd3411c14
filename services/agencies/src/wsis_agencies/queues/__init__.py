"""The broker of agencies' queues: who may read which queue, and what goes into it."""
