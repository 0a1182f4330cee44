"""Every page, by whom it is for. A module of pages is served when it stands here."""

from chalicelib.web import account, door, front, invitation, invoices, transactions
from chalicelib.web.staff import account as staff_account
from chalicelib.web.staff import accounts as staff_accounts
from chalicelib.web.staff import agent_keys, imports

everybody = (front, door, invitation, account)
customers = (transactions, invoices)
staff = (staff_accounts, staff_account, imports, agent_keys)
