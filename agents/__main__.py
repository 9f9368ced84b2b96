"""`python -m agents` is `leadrelay`, wherever the script itself is not on the path."""

from agents.cli import main

main()
