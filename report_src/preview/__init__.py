"""`make watch` and its page in the browser. It never decides what has to be built."""
