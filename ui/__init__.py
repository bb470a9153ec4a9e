"""What people look at, and app.py, the only place where everything is wired together."""
