"""Who somebody is, how sure we are of it (assurance 0 to 3), and what they may do (grants with a scope).

Words: a *person* has an account; a *session* is one signed-in browser; a *token* is an API client's; a *grant* is a role within a scope.
Start at `service/`; `common/actor.py` is what every verb receives, `common/guards.py` what every route declares.
"""
