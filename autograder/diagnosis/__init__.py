"""Why is it wrong: known mistakes recognised, exceptions explained, what nothing explains logged."""
