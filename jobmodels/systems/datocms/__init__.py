"""DatoCMS: job results in all their forms, what jobs give, and the system itself.

Each module names what it gives in its own `__all__`; an endpoint added to one is found here too.
"""

from jobmodels.systems.datocms import job_result, payloads, results, submit
from jobmodels.systems.datocms._system import datocms
from jobmodels.systems.datocms.job_result import *
from jobmodels.systems.datocms.payloads import *
from jobmodels.systems.datocms.results import *
from jobmodels.systems.datocms.submit import *

__all__ = ["datocms"]
__all__ += job_result.__all__
__all__ += payloads.__all__
__all__ += results.__all__
__all__ += submit.__all__
