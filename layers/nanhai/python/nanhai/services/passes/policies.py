"""The rules, for everybody to read: which policies there are, and each as the document it is."""

from __future__ import annotations

from nanhai.domain.identifiers import Instant
from nanhai.policies import document
from nanhai.services.passes.schemas import Policies, PolicyDocument, PolicyListed
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment


def listed(platform: Platform, now: Instant) -> Policies:
    present = platform.policies.in_force(now).version
    return Policies(
        [
            PolicyListed(
                policy.version,
                moment(policy.valid_from),
                str(document(policy.version)["title"]),
                policy.version == present,
            )
            for policy in reversed(platform.policies.policies)
        ]
    )


def read(platform: Platform, version: str, now: Instant) -> PolicyDocument:
    """The document of a shipped version; UnknownPolicy for any other."""
    policy = platform.policies.get(version)
    in_force = policy.version == platform.policies.in_force(now).version
    return PolicyDocument(policy.version, in_force, document(policy.version))
