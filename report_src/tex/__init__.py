"""Run pdflatex in its folder and explain its log at the line of the author. It never knows results or templates."""
