"""What a class has and hasn't understood, from the results that are kept with each grade."""
