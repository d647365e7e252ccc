"""Who someone is: codes by SMS, sessions, real-name registration, dependants, staff, and who looked at whose data."""
