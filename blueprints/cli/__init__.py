"""What the person who runs the server types, and the workers of `serve`."""
