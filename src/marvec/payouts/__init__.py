"""How sellers get their money: the account at the payment provider, the balance with its movements, and the monthly statement.

Words: *onboarding* is the provider's own form; a *requirement* is what it still asks for; a *movement* is one line of the balance; a
*statement* is the movements of one month (WITA) between an opening and a closing balance. The money itself is `common.payments`'.
Start at `pages.py`; what the provider's words mean stands in `requirements.py`.
"""
