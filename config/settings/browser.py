"""What browsers and proxies are told and believed: HTTPS, cookies, and whose scripts may run."""

from csp.constants import NONCE, NONE, SELF

from config.settings.environment import BASE_URL, env
from config.settings.people import LINKEDIN_SERVER_URL
from config.settings.selling import STRIPE_SANDBOX_URL

# How many proxies of ours append to X-Forwarded-For; nothing before their entries is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_SSL_REDIRECT = BASE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"

STRIPE_ORIGINS = (
    [STRIPE_SANDBOX_URL] if STRIPE_SANDBOX_URL else ["https://*.stripe.com", "https://js.stripe.com"]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE, *STRIPE_ORIGINS],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *STRIPE_ORIGINS],
        "frame-src": STRIPE_ORIGINS,
        "form-action": [SELF, *STRIPE_ORIGINS, "https://www.linkedin.com", LINKEDIN_SERVER_URL],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
