"""Colleagues: who works here, what each may see, who looked at whom."""
