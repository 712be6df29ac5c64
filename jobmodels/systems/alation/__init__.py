"""Alation: the details of its endpoints, under the names of its own SDK, and the system itself.

Each module names what it gives in its own `__all__`; an endpoint added to one is found here too.
"""

from jobmodels.systems.alation import (
    bi,
    custom_fields,
    data_dictionary,
    data_quality,
    dataflows,
    documents,
    domains,
    folders,
    job,
    queries,
    rdbms,
    submit,
    terms,
    trust_checks,
    virtual,
    visual_configs,
)
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.bi import *
from jobmodels.systems.alation.custom_fields import *
from jobmodels.systems.alation.data_dictionary import *
from jobmodels.systems.alation.data_quality import *
from jobmodels.systems.alation.dataflows import *
from jobmodels.systems.alation.documents import *
from jobmodels.systems.alation.domains import *
from jobmodels.systems.alation.folders import *
from jobmodels.systems.alation.job import *
from jobmodels.systems.alation.queries import *
from jobmodels.systems.alation.rdbms import *
from jobmodels.systems.alation.submit import *
from jobmodels.systems.alation.terms import *
from jobmodels.systems.alation.trust_checks import *
from jobmodels.systems.alation.virtual import *
from jobmodels.systems.alation.visual_configs import *

__all__ = ["alation"]
__all__ += bi.__all__
__all__ += custom_fields.__all__
__all__ += data_dictionary.__all__
__all__ += data_quality.__all__
__all__ += dataflows.__all__
__all__ += documents.__all__
__all__ += domains.__all__
__all__ += folders.__all__
__all__ += job.__all__
__all__ += queries.__all__
__all__ += rdbms.__all__
__all__ += submit.__all__
__all__ += terms.__all__
__all__ += trust_checks.__all__
__all__ += virtual.__all__
__all__ += visual_configs.__all__
