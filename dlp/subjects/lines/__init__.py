"""Lines of running text: which can hold what, and the tables and statements that lines are."""
