"""cfn-lint rules of our own (`cfn-lint --append-rules infra/rules`), for the foundation and for packaged functions."""
