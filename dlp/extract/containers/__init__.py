"""What holds other files: archives, compressed streams, mailboxes, signed and compound files, disc images."""
