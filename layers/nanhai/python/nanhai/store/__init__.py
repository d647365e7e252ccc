"""Every DynamoDB table, one module each; the only place that knows a key."""
