"""Documents that a service builds, edits and publishes: their versions, jobs, files, schemas and routes.

A document has versions (rules: `document_versions`). A job freezes the model of a version and renders it in each
language; officers write its prose and publish it; from then on it never changes. A service says what its documents are
made of, how they look, what they are called and which errors they raise.
"""
