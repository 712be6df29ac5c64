"""Kinetica: the wrapper of its job endpoints, what stands inside, and the system itself.

Each module names what it gives in its own `__all__`.
"""

from jobmodels.systems.kinetica import details, records
from jobmodels.systems.kinetica._system import kinetica
from jobmodels.systems.kinetica.details import *
from jobmodels.systems.kinetica.records import *

__all__ = ["kinetica"]
__all__ += details.__all__
__all__ += records.__all__
