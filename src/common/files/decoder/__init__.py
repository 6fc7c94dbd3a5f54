"""Where files of strangers are decoded: in processes of their own, with limits of memory and time, and nowhere else.

Words: a *decoder* is such a process (`program`), good for pictures or for papers (PDF); the *pool* of a web process or worker starts them
when they are needed, hands them one file at a time and replaces those that fall. Start at `pool.decode`.
"""
