"""Grade a class: run its submissions in sandboxes, and save what judges find in nbgrader's gradebook."""
