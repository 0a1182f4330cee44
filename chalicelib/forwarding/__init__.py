"""Documents that a customer sends on to somebody who has no login: by a link that shows one of them, for 30 days."""
