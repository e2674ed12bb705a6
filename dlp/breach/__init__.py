"""What the law asks after a leak: whether it is reportable, until when, and the draft of the report. Pure."""
