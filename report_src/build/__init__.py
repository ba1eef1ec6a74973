"""The steps: what each depends on, running them, publishing their products. It computes and typesets nothing itself."""
