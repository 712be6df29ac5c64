"""Modzy: job documents and receipts, results, lists of jobs, and the system itself.

Each module names what it gives in its own `__all__`.
"""

from jobmodels.systems.modzy import history, job, results
from jobmodels.systems.modzy._system import modzy
from jobmodels.systems.modzy.history import *
from jobmodels.systems.modzy.job import *
from jobmodels.systems.modzy.results import *

__all__ = ["modzy"]
__all__ += history.__all__
__all__ += job.__all__
__all__ += results.__all__
