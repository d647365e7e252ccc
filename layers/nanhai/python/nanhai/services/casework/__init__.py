"""What officers do about a person: clear, propose and decide isolation, release, enter results, read records."""
