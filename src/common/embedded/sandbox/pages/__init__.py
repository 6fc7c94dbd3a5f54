"""Where a person pays or declines: the pay page, 3-D Secure, the QR code, onboarding. Plain HTML, no script, Indonesian or English."""
