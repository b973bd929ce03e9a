"""What is raised."""


class Error(RuntimeError):
    """A file, a tensor or an option is not what it should be, or the program cannot be run."""
