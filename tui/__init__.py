"""How a person uses Called It: the command line and the terminal app."""
