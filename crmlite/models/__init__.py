"""Tables, relations and what makes a record sound. No verbs."""
