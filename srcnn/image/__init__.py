"""What an image is: files, colour, size. Pure functions on arrays and tensors."""
