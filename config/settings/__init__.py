"""All settings, read from the environment; `.env.example` explains each variable.

With nothing set the product runs on SQLite with billing off. Wrong combinations are reported by the system
checks in `billing/checks.py`, not here.
"""
# ruff: noqa: F403  (Django reads them all from here)

from config.settings.api import *
from config.settings.apps import *
from config.settings.browser import *
from config.settings.data import *
from config.settings.environment import *
from config.settings.people import *
from config.settings.selling import *
