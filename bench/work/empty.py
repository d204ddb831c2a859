# Nothing to do: pyinfra connects and ends.
