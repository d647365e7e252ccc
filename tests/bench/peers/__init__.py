"""The peers: the same work as a competent developer writes it with the plain stack, Chalice and PynamoDB."""
