"""What a lecturer does around grading: hand out, collect, give feedback, export."""
