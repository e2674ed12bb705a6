"""Forms: labels and their values, in documents, mails and labels for envelopes."""
