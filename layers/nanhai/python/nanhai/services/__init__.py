"""Use cases, one file each: decide by the domain, write by the store, seal by the vault."""
