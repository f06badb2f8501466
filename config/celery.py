"""The Celery application, for workers that process events when `CELERY_BROKER_URL` is set; else nothing needs it.

celery -A config.celery worker --beat
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("turnpike")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
