"""Where work is computed: processes, threads, a Dask cluster, progress. Never what is computed."""
