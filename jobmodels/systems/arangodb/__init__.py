"""ArangoDB: the details of its job endpoints, what makes a request a job, and the system itself.

Each module names what it gives in its own `__all__`; an endpoint added to one is found here too.
"""

from jobmodels.systems.arangodb import answers, jobs
from jobmodels.systems.arangodb._ask import deferred
from jobmodels.systems.arangodb._system import arangodb
from jobmodels.systems.arangodb.answers import *
from jobmodels.systems.arangodb.jobs import *

__all__ = ["arangodb", "deferred"]
__all__ += answers.__all__
__all__ += jobs.__all__
