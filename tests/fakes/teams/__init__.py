"""Microsoft Teams on this machine: the services a bot speaks to, with their limits and their moods."""
