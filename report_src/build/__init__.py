"""The steps: what each depends on, running them, publishing their products. It never computes or typesets anything itself."""
