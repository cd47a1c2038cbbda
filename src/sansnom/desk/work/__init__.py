"""Work: programmes, services, needs, referrals, progress, notes and caseloads."""
