"""Right answers in styles that nobody would choose: the text of a function each, lesson by lesson."""
