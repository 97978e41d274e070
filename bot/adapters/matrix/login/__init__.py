"""From the settings to a device that is logged in."""
