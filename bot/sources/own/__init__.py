"""What reading and writing this program's own schedule JSON have to agree on."""
