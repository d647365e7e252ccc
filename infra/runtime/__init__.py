"""Lambda on one machine: a packaged zip and its layers in a process of their own, run by AWS's own Python runtime.

    with running(package) as function:
        answer = function.invoke({"httpMethod": "GET", …})

Nothing of this project's environment reaches the process: what a zip or a layer lacks is missing here too.
"""

from infra.runtime.faults import Crashed, Failed, RuntimeFault, TimedOut
from infra.runtime.function import LocalFunction, running
from infra.runtime.package import Package

__all__ = ["Crashed", "Failed", "LocalFunction", "Package", "RuntimeFault", "TimedOut", "running"]
