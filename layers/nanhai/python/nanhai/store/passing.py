"""Which refusals of AWS pass by themselves: the same request may be answered in a moment."""

from __future__ import annotations

from botocore.exceptions import ClientError

PASSING = frozenset(
    {
        "DependencyTimeoutException",
        "InternalServerError",
        "KMSInternalException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def passes(refused: ClientError) -> bool:
    """By its code, or as an HTTP status of the server's own trouble, whatever came with it."""
    status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or refused.response.get("Error", {}).get("Code") in PASSING
