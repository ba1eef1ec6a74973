"""Run pdflatex in its folder and explain its log at the author's line. It never knows results or how a page is rendered."""
