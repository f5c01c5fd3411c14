"""The embedded default: everything the suite needs, on one machine, with nothing installed beforehand.

`stack.Stack` runs a broker, a store, a mail catcher, the services and the gateway under one supervisor.
For development, tests and the demo only: production runs from `deploy/`.
"""
