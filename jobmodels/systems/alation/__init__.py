from jobmodels.systems.alation.job import JobDetails
