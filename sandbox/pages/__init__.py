"""Pages that the sandbox serves beside the API: each module registers its own with `@page`; all are loaded by
themselves.
"""
