"""The demonstration city: real kelurahan, goods and services; invented people (the pages say so). Never in production.

Made by the same verbs that people use, at frozen moments of the last three months, so that whatever must hold holds here too.
`city` seeds a small core at once; the rest are `chapters`, one transaction each, that a job (or `marvec seed`) works off one after another.
"""
