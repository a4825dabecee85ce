"""One file that holds a deployment: made while people work, verified, and put back."""
