"""Files, locks, processes, their limits and the terminal. It never knows what a report is."""
