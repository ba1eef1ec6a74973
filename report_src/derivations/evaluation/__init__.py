"""A typed program to values: instances, arithmetic in balls and floats, derivatives; decides nothing."""
