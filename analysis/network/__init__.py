"""The perceptron in NumPy, its descent, its PyTorch twin, replicates and their seeds. Never a study's question."""
