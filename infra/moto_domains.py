"""moto's CloudFormation, taught the domain and the base paths that its API Gateway knows already.

In an update moto looks at no condition: what should be absent is asked for all the same, and made as an empty one here.
"""

from __future__ import annotations

from typing import Any

from moto.apigateway.models import APIGatewayBackend, apigateway_backends
from moto.core.common_models import CloudFormationModel

Json = dict[str, Any]


class Domain(CloudFormationModel):
    def __init__(self, name: str, regional: str) -> None:
        self.physical_resource_id = name
        self.regional = regional

    @staticmethod
    def cloudformation_name_type() -> str:
        return "DomainName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApiGateway::DomainName"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "RegionalDomainName"

    def get_cfn_attribute(self, attribute_name: str) -> str:  # noqa: ARG002 - moto's signature
        return self.regional

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: Json,
        account_id: str,
        region_name: str,
        **_: object,
    ) -> Domain:
        told = cloudformation_json["Properties"]
        made = _backend(account_id, region_name).create_domain_name(
            domain_name=told["DomainName"],
            certificate_name="",
            tags=[],
            certificate_arn="",
            certificate_body="",
            certificate_private_key="",
            certificate_chain="",
            regional_certificate_name="",
            regional_certificate_arn=told["RegionalCertificateArn"],
            endpoint_configuration={"types": told["EndpointConfiguration"]["Types"]},
            security_policy=told["SecurityPolicy"],
        )
        return cls(told["DomainName"], made.regional_domain_name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Domain | None,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: Json,  # noqa: ARG003 - the same
        account_id: str,  # noqa: ARG003 - the same
        region_name: str,  # noqa: ARG003 - the same
    ) -> Domain:
        return original_resource or cls("", "")

    def delete(self, account_id: str, region_name: str) -> None:
        if self.physical_resource_id:
            _backend(account_id, region_name).delete_domain_name(self.physical_resource_id)


class BasePath(CloudFormationModel):
    def __init__(self, domain: str, path: str) -> None:
        self.domain, self.path = domain, path
        self.physical_resource_id = f"{domain}|{path}"

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApiGateway::BasePathMapping"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: Json,
        account_id: str,
        region_name: str,
        **_: object,
    ) -> BasePath:
        told = cloudformation_json["Properties"]
        where = told["DomainName"], told["BasePath"]
        backend = _backend(account_id, region_name)
        backend.create_base_path_mapping(where[0], told["RestApiId"], where[1], told["Stage"])
        return cls(*where)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: BasePath | None,
        new_resource_name: str,
        cloudformation_json: Json,
        account_id: str,
        region_name: str,
    ) -> BasePath:
        if original_resource is not None:
            original_resource.delete(account_id, region_name)
        if original_resource is None or not cloudformation_json["Properties"]["RestApiId"]:
            return cls("", "")
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def delete(self, account_id: str, region_name: str) -> None:
        if self.path:
            _backend(account_id, region_name).delete_base_path_mapping(self.domain, self.path)


def _backend(account_id: str, region_name: str) -> APIGatewayBackend:
    return apigateway_backends[account_id][region_name]
