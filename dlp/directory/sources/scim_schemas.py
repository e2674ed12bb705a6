"""What the SCIM service says of itself: RFC 7643, sections 5 to 7. Data."""

from __future__ import annotations

from typing import Any

from dlp.directory.sources.scim_model import EMPLOYMENT, ENTERPRISE, USER

MOST = 1000  # users in one answer

PROVIDER: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": MOST},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": True},
    "authenticationSchemes": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token made by `dlp people scim-token`",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": True,
        }
    ],
}

USER_TYPE: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    "id": "User",
    "name": "User",
    "endpoint": "/Users",
    "description": "A member of the town hall's staff",
    "schema": USER,
    "schemaExtensions": [{"schema": ENTERPRISE, "required": False}, {"schema": EMPLOYMENT, "required": False}],
    "meta": {"resourceType": "ResourceType", "location": "/scim/v2/ResourceTypes/User"},
}


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": name,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    }
    return usual | ({"caseExact": False} if kind == "string" else {}) | more


def _schema(urn: str, name: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": urn,
        "name": name,
        "description": name,
        "attributes": list(attributes),
        "meta": {"resourceType": "Schema", "location": f"/scim/v2/Schemas/{urn}"},
    }


_NAME = [_attribute("formatted"), _attribute("familyName"), _attribute("givenName")]
_EMAIL = [_attribute("value"), _attribute("type"), _attribute("primary", "boolean")]
_MANAGER = [_attribute("value"), _attribute("displayName")]

SCHEMAS: list[dict[str, Any]] = [
    _schema(
        USER,
        "User",
        _attribute("userName", required=True, uniqueness="server"),
        _attribute("externalId", caseExact=True),
        _attribute("displayName"),
        _attribute("active", "boolean"),
        _attribute("name", "complex", subAttributes=_NAME),
        _attribute("emails", "complex", multiValued=True, subAttributes=_EMAIL),
    ),
    _schema(
        ENTERPRISE,
        "EnterpriseUser",
        _attribute("employeeNumber"),
        _attribute("department"),
        _attribute("manager", "complex", subAttributes=_MANAGER),
    ),
    _schema(
        EMPLOYMENT,
        "Employment",
        _attribute("startDate", description="first day of employment"),
        _attribute("endDate", description="last day of employment, inclusive"),
        _attribute("duties", multiValued=True, description="duties with Individual Numbers"),
    ),
]
