"""Pictures and scanned pages: read by OCR, put into lines and columns by place."""
