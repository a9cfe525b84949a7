"""What may happen: verbs and questions. No HTTP, no HTML, no XML."""
