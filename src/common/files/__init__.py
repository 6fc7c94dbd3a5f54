"""Files that people hand in: checked, cleaned, kept on disk or S3, and shown to those who may see them.

Words: a *purpose* (registered by the room that needs it) says which kinds it takes and who reads; a *store* keeps bytes under a key.
Start at `service.keep_upload` and `purposes.py`.
"""
