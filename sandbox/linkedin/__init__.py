"""A pretend LinkedIn for development and tests: an OpenID provider with LinkedIn's paths and habits.

`python -m sandbox.linkedin --port N` starts it; in a test `with serve(id, secret) as linkedin:` does, in a thread.
It forgets everything when it ends, and sends people back to this machine only.
"""

from sandbox.linkedin.people import PEOPLE, Person
from sandbox.linkedin.provider import LinkedIn
from sandbox.linkedin.server import serve

__all__ = ["PEOPLE", "LinkedIn", "Person", "serve"]
