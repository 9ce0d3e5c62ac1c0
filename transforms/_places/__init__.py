"""What transforms of several families ask about a place in a program."""
