"""The organization's own report: its own statistics, by programme template, disclosure-checked before they leave."""
