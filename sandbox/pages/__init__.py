"""Pages that the sandbox serves beside the API: each module registers its own with `@page`; all load by themselves.

markup.py fills templates and escapes, layout.py makes the documents, operations.py lets a page do what the API does.
"""
