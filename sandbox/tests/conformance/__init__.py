"""Whether what was said to the local Stripe, and what it said, is Stripe's language: recorded traffic and the shapes.

Every test run records (SANDBOX_TRAFFIC, see sandbox/recording.py) and ends with this check (plugin.py); by hand:

    python -m sandbox.tests.conformance DIRECTORY

It shares no code with what it checks but the shapes themselves and the list of fields that are only included:
the sandbox builds and checks by its own reading of the shapes, and here jsonschema reads them.

A request may break the rules only if it was refused. Whatever is answered, and every event, keeps them.
"""
