"""The small demonstration city: real kelurahan, goods and services; invented people (the pages say so). Never in production.

Made by the same verbs that people use, so that whatever must hold holds here too. Deterministic; start at `city.seed`.
"""
