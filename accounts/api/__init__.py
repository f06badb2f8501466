"""What every endpoint takes from here: authentication, permissions and throttles."""
