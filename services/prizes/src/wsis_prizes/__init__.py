"""The WSIS Prizes contest: editions, projects, nomination by the Expert Group, finalists, champions and winners."""
