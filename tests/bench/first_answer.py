"""A script: what Lambda's runtime does at a cold start. Imports the app, answers the event of a file, and ends.

Its status goes to the standard output. Nothing is imported that the app does not import: that would be measured too.
"""

import json
import sys

import app  # of the package that PYTHONPATH names first

with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not the app's
    event = json.load(file)
answer = app.app(event, None)
sys.stdout.write(f"\nstatus {answer['statusCode']}\n")
