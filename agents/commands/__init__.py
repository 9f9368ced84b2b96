"""The commands of `leadrelay`, one file a group; each imports what it needs when it is called: help is quick."""
