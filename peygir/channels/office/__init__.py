"""The office automation: referrals out to managers, their answers in, and both sides compared."""
