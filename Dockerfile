# The product as an image. Secrets come from the environment at run time, never as build arguments.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
# The key signs nothing here: collecting static files only needs settings that load.
RUN python -m config.translations \
    && SECRET_KEY=collectstatic python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system turnpike && mkdir -p var && chown turnpike var
USER turnpike

EXPOSE 8000
# No access log of gunicorn's: it would hold query strings, and with them codes and secrets. The product logs each request.
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4"]
