"""The local stack: everything that the suite needs, on one machine, without other software.

`stack.Stack` runs a broker, a store, a mail catcher, the services and the gateway under one supervisor.
For development, tests and the demo only: production runs from `deploy/`.
"""
