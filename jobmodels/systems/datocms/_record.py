"""The base of all classes of DatoCMS, and what of its resources is never shown."""

from __future__ import annotations

from jobmodels._record import Record

# What the resources that a job or a submit gives may carry: of a webhook, of a build trigger, of SSO settings.
# Source: https://www.datocms.com/docs/content-management-api/resources/webhook, .../build-trigger, .../sso-settings.
SECRETS = frozenset(
    {"api_token", "deploy_hook_url", "http_basic_password", "saml_token", "scim_api_token", "webhook_token"}
)


class DatocmsRecord(Record, secrets=SECRETS):
    """Base of all classes: members have in Python the names that they have on the wire."""
