"""Pages that the sandbox serves beside the API: each module registers its own with `@page`; all are loaded by themselves.

markup.py fills templates and escapes, layout.py makes the documents, account.py calls the API's own operations for a page.
"""
