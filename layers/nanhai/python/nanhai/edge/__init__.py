"""HTTP: parse, authorise, answer. Nothing below it knows a status code."""
