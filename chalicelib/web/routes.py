"""Every module of routes, by audience. A module is served when it is listed here."""

from chalicelib.web.auth import account, invitation, login
from chalicelib.web.customer import invoices, transactions
from chalicelib.web.public import root
from chalicelib.web.staff import account as staff_account
from chalicelib.web.staff import accounts as staff_accounts
from chalicelib.web.staff import api_keys, imports

PUBLIC = (root,)
AUTH = (login, invitation, account)
CUSTOMER = (transactions, invoices)
STAFF = (staff_accounts, staff_account, imports, api_keys)
