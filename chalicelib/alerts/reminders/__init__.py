"""Reminders of invoices that are due soon or overdue: what was queued on which day, and for whom."""
