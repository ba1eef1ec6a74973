"""The large libraries of the studies: where several studies run one after the other, they are loaded once for all."""

AT_ONCE = ("numpy", "msgspec", "pandas", "scipy.stats", "sklearn.ensemble", "sklearn.model_selection",
           "matplotlib.pyplot", "matplotlib.backends.backend_pdf")  # fmt: skip
MEANWHILE = ("torch",)  # as much as all the others; the first study is without it
