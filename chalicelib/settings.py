"""The environment, read once, in one typed place."""

import os
from functools import cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LOCAL = "local"
SHORTEST_SECRET = 32


class Settings(BaseModel):
    """What a function learns from its environment: field `x_y` is `X_Y`. Where AWS is, botocore reads itself."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    stage: str = LOCAL
    table_name: str = "customer-connect"
    inbox_bucket: str = "customer-connect-inbox"
    files_bucket: str = "customer-connect-files"
    quarantine_bucket: str = "customer-connect-quarantine"
    inbox_queue_url: str = ""
    import_queue_url: str = ""
    outbox_queue_url: str = ""
    bulk_queue_url: str = ""
    downloads_queue_url: str = ""
    intake_queue_url: str = ""
    verdict_queue_url: str = ""
    replies_queue_url: str = ""
    tenant_role_arn: str = "arn:aws:iam::000000000000:role/customer-connect-tenant"
    intake_role_arn: str = "arn:aws:iam::000000000000:role/customer-connect-intake"
    mail_role_arn: str = "arn:aws:iam::000000000000:role/customer-connect-mail"
    identity_role_arn: str = "arn:aws:iam::000000000000:role/customer-connect-identity"
    operator_role_arn: str = "arn:aws:iam::000000000000:role/customer-connect-operator"
    public_role_arn: str = "arn:aws:iam::000000000000:role/customer-connect-public"
    base_url: str = "http://localhost:8000"
    mail_from: str = "Customer Connect <portal@customer-connect.example>"
    mail_configuration_set: str = ""
    reply_domain: Annotated[str, Field(pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)+)?$")] = ""
    sms_countries: Annotated[str, Field(pattern=r"^([A-Z]{2}( [A-Z]{2})*)?$")] = "GB"
    sms_sender_id: Annotated[str, Field(pattern=r"^([A-Za-z0-9-]{1,11})?$")] = ""
    origin_secrets: tuple[str, ...] = ()
    bucket_origins: str = ""
    assets_url: str = "/assets"
    log_level: str = "INFO"

    @field_validator("origin_secrets", mode="before")
    @classmethod
    def _are_separated_by_spaces(cls, given: object) -> object:
        return given.split() if isinstance(given, str) else given

    @model_validator(mode="after")
    def _are_long(self) -> Self:
        if self.stage != LOCAL and any(len(secret) < SHORTEST_SECRET for secret in self.origin_secrets):
            raise ValueError(f"each of ORIGIN_SECRETS must have {SHORTEST_SECRET} characters or more")
        return self

    @property
    def accepted_origin_secrets(self) -> tuple[str, ...]:
        """The secrets of which CloudFront sends one; none on a developer's machine. Raises ValueError if it is missing.

        A caller that bypasses CloudFront could claim any address, and no limit would hold (threat 4).
        """
        # Tested control: origin-secret-configured
        if self.stage != LOCAL and not self.origin_secrets:
            raise ValueError(
                f"ORIGIN_SECRETS must have a secret in the stage {self.stage!r}: without one anybody could call past "
                "CloudFront"
            )
        return self.origin_secrets


def is_on_lambda() -> bool:
    """Whether this process is a deployed function."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


@cache
def load() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError that names each bad variable."""
    names = Settings.model_fields
    return Settings.model_validate({n: os.environ[n.upper()] for n in names if n.upper() in os.environ})
