"""placeholder"""
def suggestion(derivation, number, program, seed):
    return ""
