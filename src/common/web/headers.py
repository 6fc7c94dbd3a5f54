"""The security headers that every answer carries, computed once."""

from urllib.parse import urlsplit

from common.settings import Settings

STRIPE = "https://checkout.stripe.com https://connect.stripe.com"
"""The pay page, and the form and dashboard of sellers."""
PERMISSIONS = "accelerometer=(), autoplay=(), camera=(self), geolocation=(self), gyroscope=(), microphone=(), payment=(), usb=()"


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Name and value, lower case, for ASGI. Source: OWASP Secure Headers Project; CSP Level 3."""
    found = {
        "content-security-policy": content_security_policy(settings),
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": PERMISSIONS,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
    }
    if settings.production:
        found["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in found.items()]


def content_security_policy(settings: Settings) -> str:
    """Scripts and styles only from files of ours: nothing inline, no eval. Forms may end on the provider's pages (redirects count).
    Frames may hold what is ours, and nothing of ours may be held but a paper's preview."""
    site = urlsplit(settings.base_url)
    socket = f"{'wss' if site.scheme == 'https' else 'ws'}://{site.netloc}"
    pictures = f" {_origin(settings.files_endpoint_url)}" if settings.files_endpoint_url else ""
    pay = _origin(settings.stripe_api_base) if settings.stripe_api_base else STRIPE
    return "; ".join((
        "default-src 'none'", "script-src 'self'", "style-src 'self'", f"img-src 'self' data: blob:{pictures}", "font-src 'self'",
        f"connect-src 'self' {socket}", f"form-action 'self' {pay}", "frame-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        "manifest-src 'self'", "media-src 'self' blob:", "worker-src 'self'",
    ))  # fmt: skip


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
